using System.Text;
using Qubes.Policy.Language;

namespace Qubes.Policy.Loading;

/// <summary>One reading of the policy: the rules so far, and how much has been read.</summary>
internal sealed class PolicyReader(IPolicyFiles files, string legacyDirectory)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    // The files being read, outermost first.
    private readonly List<string> open = [];
    private int fileCount;
    private int byteCount;
    private int lineCount;

    public List<PolicyRule> Rules { get; } = [];

    /// <summary>The policy files of a directory, in no order; null if there is no such directory.</summary>
    /// <exception cref="PolicyLoadException">It cannot be read, or a name is not allowed.</exception>
    public List<string>? Names(string directory) =>
        List(directory) is { } names ? PolicyFileNames.Select(directory, names) : null;

    /// <summary>Reads a file of five columns.</summary>
    /// <exception cref="PolicyLoadException">There is a mistake in it.</exception>
    public void ReadFile(string path, string directory)
    {
        PolicyFormat format = new(directory, null, null);
        // In a directory that was just listed: it was removed since. The change is noticed, and the policy is read again.
        if (!TryRead(path, format))
            throw new PolicyLoadException(path, null, "there is no such file");
    }

    private bool TryRead(string path, PolicyFormat format)
    {
        byte[]? bytes;
        try
        {
            bytes = files.Read(path, PolicyLimits.FileBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyLoadException(path, null, e.Message);
        }
        if (bytes is null)
            return false;
        if (bytes.Length > PolicyLimits.FileBytes)
            throw new PolicyLoadException(path, null, $"the file has more than {PolicyLimits.FileBytes} bytes");
        Count(ref fileCount, 1, PolicyLimits.Files, path, "files");
        Count(ref byteCount, bytes.Length, PolicyLimits.TotalBytes, path, "bytes");
        open.Add(path);
        ReadLines(path, Decode(path, bytes), format);
        open.RemoveAt(open.Count - 1);
        return true;
    }

    private void ReadLines(string path, string text, PolicyFormat format)
    {
        int number = 0;
        foreach (string raw in PolicyText.Lines(text))
        {
            Count(ref lineCount, 1, PolicyLimits.TotalLines, path, "lines");
            number++;
            string line = PolicyText.Strip(format.Service is null ? raw : PolicyText.FromOldSpelling(raw));
            if (line.Length == 0)
                continue;
            PolicyLocation location = new(path, number);
            try
            {
                List<string> words = PolicyText.Words(line);
                if (words.Exists(word => word.Any(char.IsControl)))
                    throw new PolicySyntaxException("there is a control character in the line");
                if (line[0] == '!')
                    Direct(words, format);
                else if (format is { Service: { } service, Argument: { } argument })
                    Rules.Add(RuleParser.ParseForService(service, argument, words, location));
                else
                    Rules.Add(RuleParser.Parse(words, location));
            }
            catch (PolicySyntaxException e)
            {
                throw new PolicyLoadException(path, number, e.Message);
            }
        }
    }

    // "!include" PATH | "!include-dir" PATH | "!include-service" SERVICE ARGUMENT PATH | "!compat-4.0"
    // In a file for one service only the first of them.
    private void Direct(List<string> words, PolicyFormat format)
    {
        switch (words)
        {
            case ["!include", var path]:
                Include(path, format);
                break;
            case ["!include-dir", var path] when format.Service is null:
                IncludeDirectory(path, format);
                break;
            case ["!include-service", var service, var argument, var path] when format.Service is null:
                ServiceNames.Check(service, argument);
                Include(path, format with { Service = service, Argument = argument });
                break;
            case ["!compat-4.0"] when format.Service is null:
                ReadLegacy();
                break;
            default:
                throw new PolicySyntaxException(format.Service is null
                    ? $"'{words[0]}' is no directive, or has too few or too many words: !include PATH, !include-dir PATH, " +
                        "!include-service SERVICE ARGUMENT PATH and !compat-4.0 are accepted"
                    : "the only directive in a file for one service is !include PATH");
        }
    }

    private void Include(string path, PolicyFormat format)
    {
        string full = Path.GetFullPath(path, format.Base);
        if (open.Contains(full))
            throw new PolicySyntaxException($"the files include one another in a circle: {full} is being read already");
        if (open.Count >= PolicyLimits.Depth)
            throw new PolicySyntaxException($"more than {PolicyLimits.Depth} files include one another");
        if (!TryRead(full, format))
            throw new PolicySyntaxException($"there is no file {full}");
    }

    private void IncludeDirectory(string path, PolicyFormat format)
    {
        string full = Path.GetFullPath(path, format.Base);
        List<string> names = Names(full) ?? throw new PolicySyntaxException($"there is no directory {full}");
        names.Sort(StringComparer.Ordinal);
        foreach (string name in names)
            Include(Path.Combine(full, name), format);
    }

    private void ReadLegacy()
    {
        foreach (var (name, service, argument) in PolicyFileNames.SelectLegacy(List(legacyDirectory) ?? []))
        {
            string path = Path.Combine(legacyDirectory, name);
            try
            {
                ServiceNames.Check(service, argument);
            }
            catch (PolicySyntaxException e)
            {
                throw new PolicyLoadException(path, null, e.Message);
            }
            Include(path, new(legacyDirectory, service, argument));
            if (argument == PolicyWords.Any)
                continue;
            // What R4.0 did when no line of such a file matched.
            Rules.Add(RuleParser.ParseForService(service, argument, [PolicyWords.AnyVm, PolicyWords.AnyVm, "deny"], new(path, 0)));
            Rules.Add(RuleParser.ParseForService(service, argument, [PolicyWords.AnyVm, PolicyWords.AdminVm, "deny"], new(path, 0)));
        }
    }

    private IReadOnlyList<string>? List(string directory)
    {
        try
        {
            return files.List(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyLoadException(directory, null, e.Message);
        }
    }

    private static string Decode(string path, byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            string before = Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length)));
            int line = PolicyText.Lines(before + ".").Count();
            throw new PolicyLoadException(path, line, "the line is not UTF-8");
        }
    }

    private static void Count(ref int total, int more, int maximum, string path, string what)
    {
        total += more;
        if (total > maximum)
            throw new PolicyLoadException(path, null, $"the policy has more than {maximum} {what} in all");
    }
}
