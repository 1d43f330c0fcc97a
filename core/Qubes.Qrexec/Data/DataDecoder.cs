using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Data;

/// <summary>
/// Takes the messages of a data connection apart without copying or collecting their bodies: a long message comes out in the
/// pieces in which it arrives.
/// </summary>
/// <param name="version">The version spoken.</param>
public sealed class DataDecoder(int version)
{
    private readonly byte[] head = new byte[MessageHeader.Size];
    private int headBytes;
    private MessageHeader current;
    private int left;

    /// <summary>
    /// Takes the next piece from the front of the input. False when all input was taken without one. An empty message is one
    /// empty piece; a piece of a longer one is never empty.
    /// </summary>
    /// <exception cref="QrexecViolationException">Unknown type, one that does not belong here, or a length over its limit.</exception>
    public bool TryRead(ref ReadOnlyMemory<byte> input, out DataPiece piece)
    {
        var count = TryRead(input.Span, out var type, out var skipped, out var isLast);
        piece = count < 0 ? default : new DataPiece(type, input.Slice(skipped, count), isLast);
        input = count < 0 ? default : input[(skipped + count)..];
        return count >= 0;
    }

    /// <summary>Puts back the end of the piece read last: it comes again. For a reader that could not use all of it.</summary>
    public void PutBack(int count)
    {
        left += count;
        headBytes = MessageHeader.Size;
    }

    /// <summary>The same over a span: how many bytes the piece has and how many come before it; -1 for none.</summary>
    public int TryRead(ReadOnlySpan<byte> input, out MessageType type, out int skipped, out bool isLast)
    {
        (type, skipped, isLast) = (MessageType.None, 0, false);
        var begins = headBytes < MessageHeader.Size;
        if (begins)
        {
            skipped = Math.Min(MessageHeader.Size - headBytes, input.Length);
            input[..skipped].CopyTo(head.AsSpan(headBytes));
            headBytes += skipped;
            if (headBytes < MessageHeader.Size)
                return -1;
            current = MessageHeader.Read(head, version);
            if (current.Type is < MessageType.DataStdin or > MessageType.DataExitCode)
                throw new QrexecViolationException($"message type 0x{(int)current.Type:x} does not belong on a data connection");
            left = current.Length;
        }

        var count = Math.Min(left, input.Length - skipped);
        if (count == 0 && left > 0)
            return -1;
        left -= count;
        if (left == 0)
            headBytes = 0;
        (type, isLast) = (current.Type, left == 0);
        return count;
    }
}
