using System.Text;

namespace Qubes.Qrexec.Protocol;

/// <summary>The argument of <c>qubes.VMExec</c>: a command line in the characters that an argument may have (section 10).</summary>
public static class VmExecEncoding
{
    // argument = word *( "+" word )
    // word     = *( ALPHA / DIGIT / "." / "_" / "--" / "-" HEX HEX )     HEX = upper-case only; "--" stands for "-"

    /// <summary>Encodes words, at least one.</summary>
    public static string Encode(IEnumerable<string> words) => string.Join('+', words.Select(EncodeWord));

    /// <summary>
    /// Decodes an argument into words, each the raw bytes of one program argument. Null if it is malformed: another
    /// character, a lone or cut <c>-</c>, lower-case digits, or an encoded NUL, which no program argument can hold.
    /// </summary>
    public static IReadOnlyList<byte[]>? TryDecode(string argument)
    {
        var words = new List<byte[]>();
        foreach (var encoded in argument.Split('+'))
        {
            if (DecodeWord(encoded) is not { } word)
                return null;
            words.Add(word);
        }

        return words;
    }

    private static string EncodeWord(string word)
    {
        var result = new StringBuilder(word.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(word))
        {
            if (IsPlain((char)octet))
                result.Append((char)octet);
            else
                result.Append('-').Append(octet == '-' ? "-" : octet.ToString("X2"));
        }

        return result.ToString();
    }

    private static byte[]? DecodeWord(ReadOnlySpan<char> encoded)
    {
        var word = new List<byte>(encoded.Length);
        while (!encoded.IsEmpty)
        {
            if (!TryDecodeOne(encoded, out var octet, out var length))
                return null;
            word.Add(octet);
            encoded = encoded[length..];
        }

        return [.. word];
    }

    private static bool TryDecodeOne(ReadOnlySpan<char> encoded, out byte octet, out int length)
    {
        (octet, length) = ((byte)encoded[0], 1);
        if (IsPlain(encoded[0]))
            return true;
        if (encoded is ['-', '-', ..])
        {
            length = 2;
            return true;
        }

        if (encoded is not ['-', var high, var low, ..] || Digit(high) < 0 || Digit(low) < 0)
            return false;
        (octet, length) = ((byte)(Digit(high) << 4 | Digit(low)), 3);
        return octet != 0;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_';

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };
}
