using System.Buffers.Binary;

namespace Qubes.Qrexec.Protocol;

/// <summary>A whole message.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Body">Its body; a fresh copy.</param>
public sealed record QrexecMessage(MessageType Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>The wire form of a message: header and body.</summary>
    public static byte[] Encode(MessageType type, ReadOnlySpan<byte> body)
    {
        var message = new byte[MessageHeader.Size + body.Length];
        new MessageHeader(type, body.Length).Write(message);
        body.CopyTo(message.AsSpan(MessageHeader.Size));
        return message;
    }

    /// <summary>The wire form of a HELLO.</summary>
    public static byte[] EncodeHello(int version) => EncodeNumber(MessageType.Hello, version);

    /// <summary>The wire form of a DATA_EXIT_CODE.</summary>
    public static byte[] EncodeExitCode(int status) => EncodeNumber(MessageType.DataExitCode, status);

    /// <summary>The version in a HELLO.</summary>
    /// <exception cref="QrexecViolationException">It is another message, or not 4 bytes long.</exception>
    public int ReadHello() => Type == MessageType.Hello && Body.Length == 4
        ? BinaryPrimitives.ReadInt32LittleEndian(Body.Span)
        : throw new QrexecViolationException($"a HELLO of 4 bytes was due, not type 0x{(int)Type:x} with {Body.Length} bytes");

    private static byte[] EncodeNumber(MessageType type, int number)
    {
        Span<byte> body = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        return Encode(type, body);
    }
}
