namespace Qubes.Policy.Language;

/// <summary>Lines and words of a policy file (spec: policy, section 2).</summary>
internal static class PolicyText
{
    /// <summary>Cuts at LF, CRLF and CR; a last line without an end counts, an empty rest does not.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = text.AsSpan(at).IndexOfAny('\n', '\r');
            if (length < 0)
            {
                yield return text[at..];
                yield break;
            }
            yield return text.Substring(at, length);
            at += length + 1;
            if (text[at - 1] == '\r' && at < text.Length && text[at] == '\n')
                at++;
        }
    }

    /// <summary>The line without white space at its ends; empty for a comment.</summary>
    public static string Strip(string line)
    {
        int start = 0, end = line.Length;
        while (start < end && IsSpace(line[start]))
            start++;
        while (end > start && IsSpace(line[end - 1]))
            end--;
        return start < end && line[start] != '#' ? line[start..end] : "";
    }

    /// <summary>The words between runs of white space.</summary>
    public static List<string> Words(string line)
    {
        List<string> words = [];
        for (int at = 0; at < line.Length;)
        {
            int start = at;
            while (at < line.Length && !IsSpace(line[at]))
                at++;
            if (at > start)
                words.Add(line[start..at]);
            while (at < line.Length && IsSpace(line[at]))
                at++;
        }
        return words;
    }

    /// <summary>A file that was included for one service may be written as in R4.0 (spec: policy, section 8).</summary>
    public static string FromOldSpelling(string line) => line
        .Replace("$include:", "!include ", StringComparison.Ordinal).Replace('$', '@').Replace(',', ' ');

    // The four separators of ASCII are white space to the language, but not to .NET.
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';
}
