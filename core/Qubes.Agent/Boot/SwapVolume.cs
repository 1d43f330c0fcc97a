using System.Buffers.Binary;
using Qubes.Agent.Native;

namespace Qubes.Agent.Boot;

/// <summary>The volatile volume: swap space, without any content worth keeping.</summary>
internal static class SwapVolume
{
    private const string Device = "/dev/vdc";
    private const string SizeFile = "/sys/class/block/vdc/size";
    private const int SectorSize = 512;
    private const int PageSize = 4096;
    private const int FewestPages = 10;

    /// <summary>Writes a swap header and enables it; without such a device, nothing happens.</summary>
    public static void Enable()
    {
        if (!File.Exists(Device))
            return;
        // A block device's file has no length; the kernel says how many sectors it has.
        var pages = long.Parse(File.ReadAllText(SizeFile)) * SectorSize / PageSize;
        if (pages < FewestPages)
            throw new IOException($"{Device} has {pages} pages; swap needs {FewestPages}");
        using (var file = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))
        {
            file.Write(Header(pages));
            file.Flush(true);
        }

        Libc.EnableSwap(Device);
    }

    /// <summary>A swap area's first page.</summary>
    internal static byte[] Header(long pages)
    {
        // offset 1024  u32  version 1
        //        1028  u32  last page
        //        1032  u32  bad pages
        //        4086  10   "SWAPSPACE2"
        var header = new byte[PageSize];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1024), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(1028), (uint)Math.Min(pages - 1, uint.MaxValue));
        "SWAPSPACE2"u8.CopyTo(header.AsSpan(PageSize - 10));
        return header;
    }
}
