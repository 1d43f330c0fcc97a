namespace Qubes.GuestTools.Desktop;

/// <summary>
/// A program as desktops know it:
/// <code>
/// file  = *( group *( KEY "=" VALUE / "#" … / "" ) )     group = "[" NAME "]"
/// VALUE with "\s" "\n" "\t" "\r" "\\" for what they stand for
/// </code>
/// Only the group <c>[Desktop Entry]</c> counts, and in it the keys without a language.
/// </summary>
/// <param name="Path">The entry's file.</param>
/// <param name="Exec">Its command line, with field codes.</param>
internal sealed record DesktopEntry(string Path, string Exec)
{
    private const int Largest = 1 << 20;

    public string? Name { get; private init; }

    public string? Icon { get; private init; }

    /// <summary>Where it wants to be started.</summary>
    public string? Folder { get; private init; }

    /// <summary>Reads an entry; null if it is none, or one that counts as not there.</summary>
    public static DesktopEntry? TryRead(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: <= Largest })
            return null;
        var values = Values(File.ReadLines(path));
        if (values.GetValueOrDefault("Hidden") == "true" || !values.TryGetValue("Exec", out var exec))
            return null;
        return new DesktopEntry(path, exec)
        {
            Name = values.GetValueOrDefault("Name"),
            Icon = values.GetValueOrDefault("Icon"),
            Folder = values.GetValueOrDefault("Path") is { Length: > 0 } folder ? folder : null,
        };
    }

    /// <summary>The program, told to open something or nothing.</summary>
    /// <param name="subject">A path or URL; null for neither. Where the entry has no place for it, it comes last.</param>
    /// <exception cref="FormatException">The command line is malformed.</exception>
    public LaunchedProgram Launch(string? subject)
    {
        var words = new List<string>();
        var isPlaced = subject is null;
        foreach (var word in CommandWords.Split(Exec))
        {
            switch (word)
            {
                case "%f" or "%F" or "%u" or "%U":
                    if (subject is not null)
                        words.Add(subject);
                    isPlaced = true;
                    break;
                case "%i":
                    words.AddRange(Icon is null ? [] : ["--icon", Icon]);
                    break;
                default:
                    words.Add(Expand(word, subject, ref isPlaced));
                    break;
            }
        }

        if (words.Count == 0)
            throw new FormatException("its command line is empty");
        if (!isPlaced)
            words.Add(subject!);
        return new LaunchedProgram(words, Folder);
    }

    private string Expand(string word, string? subject, ref bool isPlaced)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] != '%' || i + 1 == word.Length)
            {
                result.Append(word[i]);
                continue;
            }

            var code = word[++i];
            isPlaced |= code is 'f' or 'F' or 'u' or 'U';
            result.Append(code switch
            {
                '%' => "%",
                'f' or 'F' or 'u' or 'U' => subject,
                'c' => Name,
                'k' => Path,
                // No longer used, and to be left out.
                'd' or 'D' or 'n' or 'N' or 'v' or 'm' or 'i' => "",
                _ => throw new FormatException($"%{code} means nothing"),
            });
        }

        return result.ToString();
    }

    private static Dictionary<string, string> Values(IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var isOurs = false;
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith('['))
                isOurs = line == "[Desktop Entry]";
            else if (isOurs && !line.StartsWith('#') && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                values.TryAdd(line[..equals].TrimEnd(), Unescape(line[(equals + 1)..].TrimStart()));
        }

        return values;
    }

    private static string Unescape(string value)
    {
        var result = new System.Text.StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && "sntr\\".Contains(value[i + 1], StringComparison.Ordinal))
                result.Append(value[++i] switch { 's' => ' ', 'n' => '\n', 't' => '\t', 'r' => '\r', _ => '\\' });
            else
                result.Append(value[i]);
        }

        return result.ToString();
    }
}
