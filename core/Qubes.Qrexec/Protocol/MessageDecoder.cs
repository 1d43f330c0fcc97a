namespace Qubes.Qrexec.Protocol;

/// <summary>
/// Puts messages together from bytes that arrive in any pieces. Holds at most one message, and of that only the bytes that
/// have arrived, whatever length its header claims.
/// </summary>
public sealed class MessageDecoder
{
    private readonly byte[] header = new byte[MessageHeader.Size];
    private int headerBytes;
    private MessageHeader current;
    private byte[] body = [];
    private int bodyBytes;

    /// <summary>The version agreed on; decides the limits. <see cref="ProtocolVersion.Current"/> until set.</summary>
    public int Version { get; set; } = ProtocolVersion.Current;

    /// <summary>Whether a message has begun but not ended: an end of the connection now would cut it.</summary>
    public bool IsInMessage => headerBytes > 0;

    /// <summary>
    /// Takes bytes from the front of <paramref name="input"/> until a message is whole. Returns null when all input was taken
    /// without completing one.
    /// </summary>
    /// <exception cref="QrexecViolationException">The header names an unknown type or a length over its limit.</exception>
    public QrexecMessage? Read(ref ReadOnlySpan<byte> input)
    {
        if (headerBytes < MessageHeader.Size)
        {
            var taken = Math.Min(MessageHeader.Size - headerBytes, input.Length);
            input[..taken].CopyTo(header.AsSpan(headerBytes));
            headerBytes += taken;
            input = input[taken..];
            if (headerBytes < MessageHeader.Size)
                return null;
            current = MessageHeader.Read(header, Version);
        }

        var chunk = input[..Math.Min(current.Length - bodyBytes, input.Length)];
        if (bodyBytes + chunk.Length > body.Length)
            Array.Resize(ref body, Math.Min(current.Length, Math.Max(body.Length * 2, bodyBytes + chunk.Length)));
        chunk.CopyTo(body.AsSpan(bodyBytes));
        bodyBytes += chunk.Length;
        input = input[chunk.Length..];
        if (bodyBytes < current.Length)
            return null;

        var message = new QrexecMessage(current.Type, body.AsMemory(0, bodyBytes));
        (headerBytes, bodyBytes, body) = (0, 0, []);
        return message;
    }
}
