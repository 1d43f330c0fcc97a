using System.Buffers.Binary;

namespace Qubes.Agent.Boot;

/// <summary>Looks at the beginning of a block device.</summary>
internal static class VolumeProbe
{
    private const int Looked = 64 * 1024;

    // offset 1024 + 56  u16 LE  magic of ext2 and its successors: 0xEF53
    private const int MagicOffset = 1024 + 56;
    private const int Magic = 0xEF53;

    // offset 1024 +  4  u32 LE  blocks of the file system, low half     1024 + 24  u32 LE  log2 of the block size, less 10
    //               96  u32 LE  features, 0x80: 64 bit                  1024 + 336 u32 LE  blocks, high half if 64 bit

    /// <summary>Bytes of the ext4 file system that the beginning of a volume describes.</summary>
    internal static long FileSystemSize(ReadOnlySpan<byte> start)
    {
        var block = start[1024..];
        long blocks = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        if ((BinaryPrimitives.ReadUInt32LittleEndian(block[96..]) & 0x80) != 0)
            blocks |= (long)BinaryPrimitives.ReadUInt32LittleEndian(block[336..]) << 32;
        return blocks << (int)(10 + Math.Min(6, BinaryPrimitives.ReadUInt32LittleEndian(block[24..])));
    }

    /// <summary>Whether the device has grown beyond its ext4 file system by a block or more.</summary>
    public static bool HasGrown(string device)
    {
        const int sector = 512;
        const int largestBlock = 65536;
        using var file = new FileStream(device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        var start = new byte[2048];
        file.ReadExactly(start);
        // A block device's file has no length; the kernel says how many sectors it has.
        var size = long.Parse(File.ReadAllText($"/sys/class/block/{Path.GetFileName(device)}/size")) * sector;
        return size - FileSystemSize(start) >= largestBlock;
    }

    /// <summary>What the device holds.</summary>
    public static VolumeContent Look(string device)
    {
        using var file = new FileStream(device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        var start = new byte[Looked];
        var count = file.ReadAtLeast(start, Looked, false);
        if (BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(MagicOffset)) == Magic)
            return VolumeContent.Ext4;
        return count > 0 && !start.AsSpan().ContainsAnyExcept((byte)0) ? VolumeContent.Blank : VolumeContent.Unknown;
    }
}
