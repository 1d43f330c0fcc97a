using System.Buffers.Binary;

namespace Qubes.Qrexec.Protocol;

/// <summary>Who the peer of a data connection is, and on which port.</summary>
/// <param name="Domain">Numeric domain id, 0 = the host, at most 2^31−1.</param>
/// <param name="Port">Data port, or 0 where the daemon is to choose.</param>
public readonly record struct ExecParameters(int Domain, int Port)
{
    /// <summary>Its size on the wire, bytes.</summary>
    public const int Size = 8;

    /// <summary>Whether <see cref="Port"/> is a data port (513–768).</summary>
    public bool HasDataPort => Port is >= QrexecLimits.FirstDataPort and <= QrexecLimits.LastDataPort;

    // offset 0  u32 LE  connect_domain
    //        4  u32 LE  connect_port

    /// <summary>Reads from the first <see cref="Size"/> bytes.</summary>
    /// <exception cref="QrexecViolationException">There are fewer, or a number does not fit 31 bits.</exception>
    public static ExecParameters Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size)
            throw new QrexecViolationException($"exec parameters have {source.Length} bytes; {Size} are due");
        var result = new ExecParameters(
            BinaryPrimitives.ReadInt32LittleEndian(source), BinaryPrimitives.ReadInt32LittleEndian(source[4..]));
        return result is { Domain: >= 0, Port: >= 0 }
            ? result
            : throw new QrexecViolationException("a domain id or port does not fit 31 bits");
    }

    /// <summary>Writes to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Domain);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Port);
    }

    /// <summary>The wire form of a message that has nothing but these 8 bytes as its body.</summary>
    public byte[] Encode(MessageType type)
    {
        Span<byte> body = stackalloc byte[Size];
        Write(body);
        return QrexecMessage.Encode(type, body);
    }
}
