using System.Buffers.Binary;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

/// <summary>Documents that would cost a guest its memory are refused before anything is rendered.</summary>
public sealed class HostileDocumentTests
{
    private const string Service = "dz.Convert";

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public Task A_page_of_100000_points_is_too_wide(string renderer) =>
        RefusedAsync(PdfMaker.Make(1, "/MediaBox [0 0 100000 100000]"), renderer, 172);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public Task A_strip_of_100000_points_is_too_high(string renderer) =>
        RefusedAsync(PdfMaker.Make(1, "/MediaBox [0 0 10 100000]"), renderer, 173);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public Task A_strip_that_is_turned_is_too_wide(string renderer) =>
        RefusedAsync(PdfMaker.Make(1, "/MediaBox [0 0 10 100000] /Rotate 90"), renderer, 172);

    [Fact]
    public Task A_page_that_is_huge_in_its_own_units_only_is_too_wide() =>
        RefusedAsync(PdfMaker.Make(1, "/MediaBox [0 0 100 100] /UserUnit 75000"), "mutool", 172);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public Task A_document_of_50000_pages_has_too_many(string renderer) => RefusedAsync(PdfMaker.Make(50_000), renderer, 170);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public Task A_document_of_no_pages_is_damaged(string renderer) => RefusedAsync(PdfMaker.Make(0), renderer, 158);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_broken_document_is_damaged(string renderer) =>
        await RefusedAsync(await File.ReadAllBytesAsync(Samples.Broken), renderer, 158);

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_document_that_needs_a_password_is_damaged(string renderer)
    {
        using var directory = new TemporaryDirectory();
        string locked = directory.File("locked.pdf");
        await Tool.RunAsync("qpdf", "--encrypt", "secret", "owner", "256", "--", Samples.Report, locked);

        await RefusedAsync(await File.ReadAllBytesAsync(locked), renderer, 158);
    }

    [Fact]
    public async Task An_image_that_claims_to_be_huge_is_too_wide()
    {
        byte[] png = await File.ReadAllBytesAsync(Samples.Picture);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));

        GuestAnswer answer = await GuestProgram.RunAsync(Service, png);

        Assert.Equal(172, answer.Status);
    }

    [Fact]
    public async Task A_drawing_that_is_huge_is_refused()
    {
        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, "<svg xmlns='http://www.w3.org/2000/svg' width='900000' height='900000'/>"u8.ToArray());

        Assert.Equal(158, answer.Status);
    }

    private static async Task RefusedAsync(byte[] document, string renderer, int status)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.RunAsync(Service, document, PdfRenderers.Only(directory, renderer));

        Assert.Equal(status, answer.Status);
        Assert.Empty(answer.Output);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
