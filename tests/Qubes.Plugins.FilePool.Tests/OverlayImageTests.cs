using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.FilePool.Images;

namespace Qubes.Plugins.FilePool.Tests;

public sealed class OverlayImageTests : PoolFixture
{
    [Theory]
    [InlineData(1, 512)]
    [InlineData(4 << 20, 4 << 20)]
    [InlineData(10L << 30, 10L << 30)]
    [InlineData(6L << 40, 6L << 40)] // an L1 table of two clusters
    public void Qemu_reads_an_overlay_made_here_and_finds_no_error(long asked, long size)
    {
        var path = Overlay(asked);
        var info = Run("qemu-img", "info", "--output=json", path);
        Assert.Contains($"\"virtual-size\": {size}", info, StringComparison.Ordinal);
        Assert.DoesNotContain("backing", info, StringComparison.Ordinal);
        Assert.Contains("No errors", Run("qemu-img", "check", path), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_overlay_changes_nothing()
    {
        using var file = ImageFile.OpenRead(Overlay(2L << 30));
        Assert.Empty(new OverlayReader(file).Ranges());
    }

    [Fact]
    public void What_qemu_wrote_is_found_in_order_with_neighbours_joined()
    {
        var path = Overlay(2L << 30);
        Run("qemu-io", "-f", "qcow2", "-c", "write 1G 128k", "-c", "write 0 64k", "-c", "write -z 192k 64k", path);
        using var file = ImageFile.OpenRead(path);
        var ranges = new OverlayReader(file).Ranges().ToArray();
        Assert.Equal([0, 192 * 1024, 1 << 30], ranges.Select(range => range.Position));
        Assert.Equal([65536, 65536, 131072], ranges.Select(range => range.Count));
        Assert.Null(ranges[1].Data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Qcow2.MaximumSize + 1)]
    public void An_impossible_size_is_refused(long size) => Assert.Throws<IOException>(() => Overlay(size));

    [Theory]
    [InlineData(0, 1u, "not a qcow2 image")]
    [InlineData(4, 2u, "not of version 3")]
    [InlineData(12, 104u, "names a backing file")]
    [InlineData(20, 9u, "clusters are not of 64 KiB")]
    [InlineData(32, 1u, "encrypted")]
    [InlineData(60, 1u, "has snapshots inside")]
    [InlineData(76, 2u, "marked corrupt")]
    [InlineData(24, 0x80000000u, "impossible size")]
    [InlineData(28, 1u, "impossible size")]
    [InlineData(36, 0u, "L1 table too small")]
    [InlineData(44, 0x30001u, "an offset is not at a cluster's start")]
    [InlineData(44, 0x7fff0000u, "an offset points outside the file")]
    public void A_header_that_was_tampered_with_is_refused(int offset, uint value, string reason) =>
        Refuses(offset, value, reason);

    [Theory]
    [InlineData(0x30004, 0x7fff0000u, "an offset points outside the file")]
    [InlineData(0x30004, 0x00000200u, "an offset is not at a cluster's start")]
    [InlineData(0x40004, 0x7fff0000u, "an offset points outside the file")]
    [InlineData(0x40000, 0xc0000000u, "has a compressed cluster")]
    public void A_table_that_was_tampered_with_is_refused(int offset, uint value, string reason) =>
        Refuses(offset, value, reason);

    [Fact]
    public void A_short_file_is_refused()
    {
        File.WriteAllBytes(PathOf("short"), new byte[103]);
        using var file = ImageFile.OpenRead(PathOf("short"));
        Assert.Throws<InvalidDataException>(() => new OverlayReader(file));
    }

    [Fact]
    public void Any_damage_is_refused_or_stays_inside_the_disk_and_the_file()
    {
        var good = File.ReadAllBytes(Written());
        Check.QuickThrowOnFailure(Prop.ForAll<int, byte, int>((where, value, which) =>
        {
            // Header, L1 table and L2 table are where damage means something.
            int[] starts = [0, 0x30000, 0x40000];
            var damaged = good.ToArray();
            damaged[starts[(which & int.MaxValue) % 3] + (where & int.MaxValue) % 104] = value;
            var path = PathOf("damaged");
            File.WriteAllBytes(path, damaged);
            using var file = ImageFile.OpenRead(path);
            try
            {
                var reader = new OverlayReader(file);
                return reader.Ranges().All(range => range.Position >= 0 && range.Count > 0
                    && range.Position + range.Count <= reader.Size && (range.Data is null || range.Data < damaged.Length));
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }));
    }

    private string Overlay(long size)
    {
        OverlayWriter.Create(PathOf("o.qcow2"), size, durable: false);
        return PathOf("o.qcow2");
    }

    private string Written()
    {
        var path = Overlay(4 << 20);
        Run("qemu-io", "-f", "qcow2", "-c", "write -P 1 0 64k", path);
        return path;
    }

    private void Refuses(int offset, uint value, string reason)
    {
        var path = Written();
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        using (var file = File.OpenHandle(path, access: FileAccess.ReadWrite))
            RandomAccess.Write(file, bytes, offset);
        using var damaged = ImageFile.OpenRead(path);
        var refusal = Assert.Throws<InvalidDataException>(() => new OverlayReader(damaged).Ranges().ToArray());
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
