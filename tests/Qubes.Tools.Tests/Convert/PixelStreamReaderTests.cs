using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Conversion.Pixels;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Tools.Tests.Convert;

public sealed class PixelStreamReaderTests
{
    private static readonly byte[] dangerzone = [0, 2, 0, 1, 0, 2, 1, 2, 3, 4, 5, 6, 0, 1, 0, 1, 7, 8, 9];
    private static readonly byte[] pdfConvert = [.. "2\n1 2\n\u0001\u0002\u0003\u0004\u0005\u00061 1\n\u0007\u0008\u0009"u8];

    public static TheoryData<bool> Dialects => [false, true];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Pages_are_read_however_the_answer_is_cut_into_pieces(bool ascii)
    {
        byte[] answer = ascii ? pdfConvert : dangerzone;
        for (int piece = 1; piece <= answer.Length; piece++)
        {
            var pages = await ReadAllAsync(answer, ascii, piece);

            Assert.Equal([(1, 2, "1 2 3 4 5 6"), (1, 1, "7 8 9")], pages);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task An_answer_that_ends_anywhere_too_early_is_cut_short(bool ascii)
    {
        byte[] answer = ascii ? pdfConvert : dangerzone;
        for (int length = 0; length < answer.Length; length++)
            await Assert.ThrowsAsync<AnswerCutShortException>(() => ReadAllAsync(answer[..length], ascii, 3));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_byte_behind_the_last_page_is_a_violation(bool ascii)
    {
        byte[] answer = ascii ? pdfConvert : dangerzone;
        var violation = await Assert.ThrowsAsync<GuestViolationException>(() => ReadAllAsync([.. answer, 0], ascii, 1000));
        Assert.Contains("more than the pages it announced", violation.Message);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0x27, 0x11 })]
    [InlineData(new byte[] { 0xff, 0xff })]
    public async Task A_page_count_outside_1_to_10000_is_a_violation(byte[] count) =>
        await Assert.ThrowsAsync<GuestViolationException>(() => ReadAllAsync(count, ascii: false, 10));

    [Theory]
    [InlineData(new byte[] { 0, 1, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0, 0 })]
    [InlineData(new byte[] { 0, 1, 0x27, 0x11, 0, 1 })]
    [InlineData(new byte[] { 0, 1, 0, 1, 0xff, 0xff })]
    public async Task A_side_outside_1_to_10000_is_a_violation(byte[] answer) =>
        await Assert.ThrowsAsync<GuestViolationException>(() => ReadAllAsync(answer, ascii: false, 10));

    [Theory]
    [InlineData("0\n")]
    [InlineData("-1\n")]
    [InlineData("+1\n")]
    [InlineData(" 1\n")]
    [InlineData("01\n")]
    [InlineData("\n")]
    [InlineData("10001\n")]
    [InlineData("100000\n")]
    [InlineData("999999999999999999999")]
    [InlineData("1\r\n")]
    [InlineData("one\n")]
    [InlineData("1\n0 1\n")]
    [InlineData("1\n1 0\n")]
    [InlineData("1\n10001 1\n")]
    [InlineData("1\n1\n1\n")]
    [InlineData("1\n1  1\n")]
    [InlineData("1\n1 1 \n")]
    [InlineData("1\n 1 1\n")]
    public async Task A_line_that_is_no_number_is_a_violation(string answer) =>
        await Assert.ThrowsAsync<GuestViolationException>(() => ReadAllAsync(Encoding.ASCII.GetBytes(answer), ascii: true, 1));

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_is_collected()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes("123456"));

        // No end of the answer: it must not wait for more.
        await Assert.ThrowsAsync<GuestViolationException>(
            () => new PixelStreamReader(pipe.Reader, new PdfConvertDialect()).ReadPageCountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_document_may_not_have_more_pixels_than_ten_thousand_pages_of_A4()
    {
        var pipe = new Pipe();
        var reader = new PixelStreamReader(pipe.Reader, new DangerzoneDialect());
        byte[] largest = [0x27, 0x10, 0x27, 0x10];

        // Sizes only: the reader does not know that nobody reads their pixels.
        for (int page = 0; page < WireLimits.TotalPixels / (10_000L * 10_000); page++)
        {
            await pipe.Writer.WriteAsync(largest);
            await reader.ReadPageSizeAsync(CancellationToken.None);
        }

        await pipe.Writer.WriteAsync(largest);
        await Assert.ThrowsAsync<GuestViolationException>(() => reader.ReadPageSizeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_given_up_15_seconds_after_its_last_page()
    {
        var clock = new VirtualTimeProvider();
        Task end = new PixelStreamReader(new Pipe().Reader, new DangerzoneDialect()).ExpectEndAsync(clock, CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(end.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        await Assert.ThrowsAsync<GuestViolationException>(() => end);
    }

    [Fact]
    public void No_bytes_make_it_do_anything_but_read_or_refuse() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), Gen.Elements(false, true).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(),
        async (bytes, ascii, piece) =>
        {
            await RefusedOrReadAsync(bytes, ascii, piece);
            await RefusedOrReadAsync([.. ascii ? "3\n2 1\n"u8 : [0, 3, 0, 2, 0, 1], .. bytes], ascii, piece);
        }));

    private static async Task RefusedOrReadAsync(byte[] bytes, bool ascii, int piece)
    {
        try
        {
            await ReadAllAsync(bytes, ascii, piece);
        }
        catch (Exception refusal) when (refusal is GuestViolationException or AnswerCutShortException)
        {
            // Refused.
        }
    }

    private static async Task<List<(int, int, string)>> ReadAllAsync(byte[] answer, bool ascii, int piece)
    {
        var pipe = new Pipe();
        Task write = WriteAsync(pipe.Writer, answer, piece);
        var reader = new PixelStreamReader(pipe.Reader, ascii ? new PdfConvertDialect() : new DangerzoneDialect());
        var pages = new List<(int, int, string)>();
        try
        {
            int count = await reader.ReadPageCountAsync(CancellationToken.None);
            for (int page = 0; page < count; page++)
            {
                PageSize size = await reader.ReadPageSizeAsync(CancellationToken.None);
                using var pixels = new MemoryStream();
                await reader.CopyPixelsAsync(size, pixels, CancellationToken.None);
                pages.Add((size.Width, size.Height, string.Join(' ', pixels.ToArray())));
            }

            await reader.ExpectEndAsync(TimeProvider.System, CancellationToken.None);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await write;
        }

        return pages;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] answer, int piece)
    {
        for (int at = 0; at < answer.Length; at += piece)
            await writer.WriteAsync(answer.AsMemory(at, Math.Min(piece, answer.Length - at)));
        await writer.CompleteAsync();
    }
}
