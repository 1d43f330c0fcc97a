using System.Buffers;
using System.Text;

namespace Qubes.Qrexec.Protocol;

/// <summary>What a guest calls its own pending call: 32 bytes that go back to it unchanged.</summary>
/// <param name="Raw">The bytes, as 32 Latin-1 characters.</param>
public readonly record struct RequestId(string Raw)
{
    /// <summary>Its size on the wire, bytes.</summary>
    public const int Width = 32;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ");

    /// <summary>
    /// Whether it is well-formed: letters, digits, <c>_ - .</c> and space, then nothing but NUL up to the end
    /// (spec: protocol, section 4). At least one NUL is due.
    /// </summary>
    public bool IsValid
    {
        get
        {
            var end = Raw.IndexOf('\0', StringComparison.Ordinal);
            return end >= 0
                && !Raw.AsSpan(0, end).ContainsAnyExcept(Allowed)
                && !Raw.AsSpan(end).ContainsAnyExcept('\0');
        }
    }

    /// <summary>The text before the first NUL.</summary>
    public string Text => Raw.Split('\0', 2)[0];

    /// <summary>An id with the given text, at most 31 Latin-1 characters.</summary>
    /// <exception cref="ArgumentException">The text is longer.</exception>
    public static RequestId FromText(string text) => text.Length < Width
        ? new RequestId(text.PadRight(Width, '\0'))
        : throw new ArgumentException($"a request id has at most {Width - 1} characters", nameof(text));

    /// <summary>Takes the bytes as they are, padded with NUL to 32.</summary>
    /// <exception cref="QrexecViolationException">There are none, or more than 32.</exception>
    public static RequestId Read(ReadOnlySpan<byte> source) => source.Length is > 0 and <= Width
        ? new RequestId(Encoding.Latin1.GetString(source).PadRight(Width, '\0'))
        : throw new QrexecViolationException($"a request id has {source.Length} bytes; 1 to {Width} are allowed");

    /// <summary>Writes the 32 bytes.</summary>
    public void Write(Span<byte> target) => Encoding.Latin1.GetBytes(Raw, target);

    /// <summary>The wire form of a SERVICE_REFUSED for it.</summary>
    public byte[] EncodeRefused()
    {
        Span<byte> body = stackalloc byte[Width];
        Write(body);
        return QrexecMessage.Encode(MessageType.ServiceRefused, body);
    }
}
