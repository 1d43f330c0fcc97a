using System.Buffers.Binary;

namespace Qubes.Agent.Boot;

/// <summary>Looks at the beginning of a block device.</summary>
internal static class VolumeProbe
{
    private const int Looked = 64 * 1024;

    // offset 1024 + 56  u16 LE  magic of ext2 and its successors: 0xEF53
    private const int MagicOffset = 1024 + 56;
    private const int Magic = 0xEF53;

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
