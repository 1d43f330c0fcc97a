using System.Buffers;
using System.Text;

namespace Qubes.Qrexec.Protocol;

/// <summary>Makes texts from a guest harmless by replacing, not refusing (spec: protocol, section 4).</summary>
public static class Sanitizer
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<byte> InName = SearchValues.Create(Encoding.ASCII.GetBytes(Letters + "_-.@:"));
    private static readonly SearchValues<byte> InService = SearchValues.Create(Encoding.ASCII.GetBytes(Letters + "_-.+"));

    /// <summary>The name of a source or target: ends at a NUL or one byte before the end, other bytes become <c>_</c>.</summary>
    public static string Name(ReadOnlySpan<byte> padded)
    {
        var text = padded.IsEmpty ? padded : padded[..^1];
        var end = text.IndexOf((byte)0);
        return Replace(end < 0 ? text : text[..end], InName);
    }

    /// <summary>The name of a service with its argument, without the final NUL; other bytes become <c>_</c>.</summary>
    public static string Service(ReadOnlySpan<byte> text) => Replace(text, InService);

    private static string Replace(ReadOnlySpan<byte> text, SearchValues<byte> allowed)
    {
        var result = new StringBuilder(text.Length);
        foreach (var octet in text)
            result.Append(allowed.Contains(octet) ? (char)octet : '_');
        return result.ToString();
    }
}
