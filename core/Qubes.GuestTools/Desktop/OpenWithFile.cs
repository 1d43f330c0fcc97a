using System.IO.Enumeration;

namespace Qubes.GuestTools.Desktop;

/// <summary>
/// <c>/etc/qubes/open-with</c>: which program opens what, for images without a desktop. The first line that fits counts.
/// <code>
/// line    = "" / "#" … / pattern 1*blank command
/// pattern = scheme "://"  (URLs of it, such as https://)  /  file name with * and ?, as *.pdf or just *
/// command = words, quoted as in desktop entries; %f stands for the file or URL, which otherwise comes last
/// </code>
/// </summary>
internal sealed class OpenWithFile(string path)
{
    /// <summary>The program for a file; null if no line fits.</summary>
    /// <exception cref="FormatException">A line is malformed.</exception>
    public LaunchedProgram? ForFile(string file) =>
        Find(pattern => !IsScheme(pattern) && FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file)), file);

    /// <summary>The program for a URL; null if no line fits.</summary>
    /// <exception cref="FormatException">A line is malformed.</exception>
    public LaunchedProgram? ForUrl(string url) =>
        Find(pattern => IsScheme(pattern) && url.StartsWith(pattern, StringComparison.OrdinalIgnoreCase), url);

    private LaunchedProgram? Find(Predicate<string> fits, string subject)
    {
        if (!File.Exists(path))
            return null;
        foreach (var line in File.ReadLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var end = line.AsSpan().IndexOfAny(' ', '\t');
            if (end < 0)
                throw new FormatException($"{path}: '{line}' is not PATTERN COMMAND");
            if (fits(line[..end]))
                return Command(CommandWords.Split(line[end..]), subject);
        }

        return null;
    }

    private static LaunchedProgram Command(IReadOnlyList<string> words, string subject) => new(words.Contains("%f")
        ? [.. words.Select(word => word == "%f" ? subject : word)]
        : [.. words, subject]);

    private static bool IsScheme(string pattern) => pattern.EndsWith("://", StringComparison.Ordinal);
}
