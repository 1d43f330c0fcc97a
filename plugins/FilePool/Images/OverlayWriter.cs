using System.Buffers.Binary;

namespace Qubes.Plugins.FilePool.Images;

/// <summary>Writes an overlay that shows everything of the layer below it (layout: <see cref="Qcow2"/>).</summary>
internal static class OverlayWriter
{
    private const int RefcountTableCluster = 1;
    private const int RefcountBlockCluster = 2;
    private const int FirstTableCluster = 3;

    /// <summary>Makes the file; about a millisecond, whatever the size.</summary>
    /// <param name="path">Does not exist.</param>
    /// <param name="size">Bytes of the disk, rounded up to whole sectors of 512.</param>
    /// <param name="durable">Return only when it is on the disk.</param>
    public static void Create(string path, long size, bool durable)
    {
        if (size is <= 0 or > Qcow2.MaximumSize)
            throw new IOException($"a disk of {size} bytes is refused, 1 to {Qcow2.MaximumSize} can be");
        size = (size + 511) / 512 * 512;
        var entries = (int)((size + Qcow2.TableReach - 1) / Qcow2.TableReach);
        var clusters = FirstTableCluster + (entries * sizeof(ulong) + Qcow2.ClusterSize - 1) / Qcow2.ClusterSize;

        using var file = ImageFile.CreateNew(path);
        file.SetLength((long)clusters * Qcow2.ClusterSize);
        Span<byte> header = stackalloc byte[Qcow2.HeaderLength];
        WriteHeader(header, size, entries);
        RandomAccess.Write(file.SafeFileHandle, header, 0);

        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(entry, (ulong)RefcountBlockCluster * Qcow2.ClusterSize);
        RandomAccess.Write(file.SafeFileHandle, entry, (long)RefcountTableCluster * Qcow2.ClusterSize);

        Span<byte> counts = stackalloc byte[clusters * sizeof(ushort)];
        for (var i = 0; i < clusters; i++)
            BinaryPrimitives.WriteUInt16BigEndian(counts[(i * sizeof(ushort))..], 1);
        RandomAccess.Write(file.SafeFileHandle, counts, (long)RefcountBlockCluster * Qcow2.ClusterSize);
        if (durable)
            file.Flush(flushToDisk: true);
    }

    private static void WriteHeader(Span<byte> header, long size, int entries)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(header, Qcow2.Magic);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 3);
        BinaryPrimitives.WriteUInt32BigEndian(header[20..], Qcow2.ClusterBits);
        BinaryPrimitives.WriteInt64BigEndian(header[24..], size);
        BinaryPrimitives.WriteInt32BigEndian(header[36..], entries);
        BinaryPrimitives.WriteInt64BigEndian(header[40..], (long)FirstTableCluster * Qcow2.ClusterSize);
        BinaryPrimitives.WriteInt64BigEndian(header[48..], (long)RefcountTableCluster * Qcow2.ClusterSize);
        BinaryPrimitives.WriteUInt32BigEndian(header[56..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(header[96..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(header[100..], Qcow2.HeaderLength);
    }
}
