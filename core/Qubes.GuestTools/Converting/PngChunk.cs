using System.Buffers.Binary;
using System.Text;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// A part of a PNG, big-endian:
/// <code>
/// chunk = length u32  type (4 letters)  data  crc32 u32 (of type and data)
/// </code>
/// </summary>
internal static class PngChunk
{
    public static async Task WriteAsync(Stream file, string type, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var head = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(head, data.Length);
        Encoding.ASCII.GetBytes(type, head.AsSpan(4));
        var crc = new Crc32();
        crc.Append(head.AsSpan(4));
        crc.Append(data.Span);
        var tail = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(tail, crc.Value);
        await file.WriteAsync(head, cancellation);
        await file.WriteAsync(data, cancellation);
        await file.WriteAsync(tail, cancellation);
    }
}
