using System.Buffers.Binary;

namespace Qubes.Qrexec.Protocol;

/// <summary>The head of every message.</summary>
/// <param name="Type">What follows.</param>
/// <param name="Length">How many bytes follow, at least 0.</param>
public readonly record struct MessageHeader(MessageType Type, int Length)
{
    /// <summary>Its size on the wire, bytes.</summary>
    public const int Size = 8;

    // offset 0  u32 LE  type
    //        4  u32 LE  length of the body

    /// <summary>Reads a header from the first <see cref="Size"/> bytes.</summary>
    /// <exception cref="QrexecViolationException">The type is unknown, or the length more than it may have.</exception>
    public static MessageHeader Read(ReadOnlySpan<byte> source, int version)
    {
        var type = (MessageType)BinaryPrimitives.ReadInt32LittleEndian(source);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        var limit = QrexecLimits.MaxBody(type, version);
        if (limit < 0)
            throw new QrexecViolationException($"message type 0x{(int)type:x} is unknown");
        if (length > limit)
            throw new QrexecViolationException($"a message of type 0x{(int)type:x} has {length} bytes; at most {limit} are allowed");
        return new MessageHeader(type, (int)length);
    }

    /// <summary>Writes the header to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, (int)Type);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Length);
    }
}
