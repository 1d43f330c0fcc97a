using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Plugins.FilePool.Images;

/// <summary>
/// Reads what an overlay changes (layout: <see cref="Qcow2"/>). The file was written by a process that a guest may have
/// taken over, so nothing in it is believed: whatever the overlays made here cannot contain is refused, and every offset is
/// checked against the file.
/// </summary>
internal sealed class OverlayReader
{
    private readonly SafeFileHandle file;
    private readonly long length;
    private readonly long tableOffset;
    private readonly int tableEntries;

    /// <summary>Bytes of the disk.</summary>
    public long Size { get; }

    /// <exception cref="InvalidDataException">It is not an overlay of the kind made here.</exception>
    public OverlayReader(SafeFileHandle file)
    {
        this.file = file;
        length = RandomAccess.GetLength(file);
        Span<byte> header = stackalloc byte[Qcow2.HeaderLength];
        if (RandomAccess.Read(file, header, 0) != header.Length)
            throw new InvalidDataException("shorter than its header");
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header) == Qcow2.Magic, "not a qcow2 image");
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header[4..]) == 3, "not of version 3");
        Expect(BinaryPrimitives.ReadUInt64BigEndian(header[8..]) == 0, "names a backing file");
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header[20..]) == Qcow2.ClusterBits, "clusters are not of 64 KiB");
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header[32..]) == 0, "encrypted");
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header[60..]) == 0, "has snapshots inside");
        Expect(BinaryPrimitives.ReadUInt64BigEndian(header[72..]) == 0, "marked corrupt, or uses features not known here");

        Size = BinaryPrimitives.ReadInt64BigEndian(header[24..]);
        Expect(Size is > 0 and <= Qcow2.MaximumSize && Size % 512 == 0, "impossible size");
        tableEntries = (int)((Size + Qcow2.TableReach - 1) / Qcow2.TableReach);
        Expect(BinaryPrimitives.ReadUInt32BigEndian(header[36..]) >= tableEntries, "L1 table too small");
        tableOffset = Inside(BinaryPrimitives.ReadUInt64BigEndian(header[40..]));
    }

    /// <summary>Bytes of the disk that an overlay stands for.</summary>
    /// <exception cref="InvalidDataException">It is not an overlay of the kind made here.</exception>
    public static long SizeOf(string path)
    {
        using var file = ImageFile.OpenRead(path);
        return new OverlayReader(file).Size;
    }

    /// <summary>The changed ranges in the disk's order, neighbours joined.</summary>
    /// <exception cref="InvalidDataException">An entry is damaged.</exception>
    public IEnumerable<OverlayRange> Ranges()
    {
        OverlayRange? pending = null;
        foreach (var range in Clusters())
        {
            if (pending is { } before && before.TryJoin(range) is { } joined)
            {
                pending = joined;
                continue;
            }
            if (pending is { } complete)
                yield return complete;
            pending = range;
        }
        if (pending is { } last)
            yield return last;
    }

    private IEnumerable<OverlayRange> Clusters()
    {
        var top = Read(tableOffset, tableEntries * sizeof(ulong));
        for (var i = 0; i < tableEntries; i++)
        {
            var entry = BinaryPrimitives.ReadUInt64BigEndian(top.AsSpan(i * sizeof(ulong)));
            if ((entry & Qcow2.OffsetMask) == 0)
                continue;
            var table = Read(Inside(entry & Qcow2.OffsetMask), Qcow2.ClusterSize);
            for (var j = 0; j < Qcow2.TableEntries; j++)
            {
                if (Cluster(i * Qcow2.TableReach + (long)j * Qcow2.ClusterSize, table, j) is { } range)
                    yield return range;
            }
        }
    }

    private OverlayRange? Cluster(long position, byte[] table, int index)
    {
        var entry = BinaryPrimitives.ReadUInt64BigEndian(table.AsSpan(index * sizeof(ulong)));
        Expect((entry & Qcow2.Compressed) == 0, "has a compressed cluster");
        if (position >= Size)
            return null;
        var count = Math.Min(Qcow2.ClusterSize, Size - position);
        if ((entry & Qcow2.ReadsAsZero) != 0)
            return new OverlayRange(position, count, Data: null);
        var data = entry & Qcow2.OffsetMask;
        return data == 0 ? null : new OverlayRange(position, count, Inside(data));
    }

    private byte[] Read(long offset, int count)
    {
        var buffer = new byte[count];
        if (RandomAccess.Read(file, buffer, offset) < count)
            throw new InvalidDataException("a table reaches beyond the end of the file");
        return buffer;
    }

    private long Inside(ulong offset)
    {
        Expect(offset % Qcow2.ClusterSize == 0, "an offset is not at a cluster's start");
        Expect(offset >= Qcow2.ClusterSize && offset < (ulong)length, "an offset points outside the file");
        return (long)offset;
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidDataException(otherwise);
    }
}
