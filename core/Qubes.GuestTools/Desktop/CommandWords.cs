using System.Text;

namespace Qubes.GuestTools.Desktop;

/// <summary>
/// Takes a command line apart as desktop entries write it; no shell ever sees it.
/// <code>
/// line   = word *( 1*blank word )
/// word   = *( char / quoted )
/// quoted = DQUOTE *( char / "\" any ) DQUOTE / "'" *char "'"
/// </code>
/// </summary>
internal static class CommandWords
{
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (isWord, quote) = (false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && c is (' ' or '\t'))
            {
                if (isWord)
                    words.Add(word.ToString());
                word.Clear();
                isWord = false;
                continue;
            }

            isWord = true;
            if (quote == '\0' && c is ('"' or '\''))
                quote = c;
            else if (c == quote)
                quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length)
                word.Append(line[++i]);
            else
                word.Append(c);
        }

        if (quote != '\0')
            throw new FormatException("a quote is not closed");
        if (isWord)
            words.Add(word.ToString());
        return words;
    }
}
