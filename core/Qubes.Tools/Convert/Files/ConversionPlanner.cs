using Qubes.Tools.Hosting;

namespace Qubes.Tools.Convert.Files;

/// <summary>Decides where each result goes, and refuses results that would destroy an input or one another.</summary>
internal static class ConversionPlanner
{
    /// <summary>What replaces a file's extension.</summary>
    public const string Extension = ".trusted.pdf";

    /// <param name="inputs">As named by the user.</param>
    /// <param name="output">A file, a directory, or null for beside each original.</param>
    /// <exception cref="UsageException">Several inputs and one output file.</exception>
    public static IReadOnlyList<ConversionPlan> Plan(IReadOnlyList<string> inputs, string? output)
    {
        bool isDirectory = output is not null && (Directory.Exists(output) || Path.EndsInDirectorySeparator(output));
        if (output is not null && !isDirectory && inputs.Count > 1)
            throw new UsageException($"several files cannot become one: {output} is no directory; name an existing one, or end it in '/'");

        var plans = new List<ConversionPlan>();
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string named in inputs)
        {
            string input = Path.GetFullPath(named);
            string target = Path.GetFullPath(output is null ? Beside(input) : isDirectory ? Path.Combine(output, NameFor(input)) : output);
            plans.Add(new ConversionPlan(named, input, target, Refuse(input, target, inputs, taken)));
            taken.TryAdd(target, named);
        }

        return plans;
    }

    private static string Beside(string input) => Path.Combine(Path.GetDirectoryName(input) ?? "/", NameFor(input));

    private static string NameFor(string input) => Path.GetFileNameWithoutExtension(input) + Extension;

    private static string? Refuse(string input, string target, IReadOnlyList<string> inputs, Dictionary<string, string> taken)
    {
        if (IsSame(input, target))
            return "the result would overwrite the file itself; name another with -o";
        if (inputs.Any(other => IsSame(Path.GetFullPath(other), target)))
            return $"the result would overwrite {target}, which is to be converted too; name another with -o";
        if (taken.TryGetValue(target, out string? first))
            return $"the result would have the name that the result of {first} has: {target}; convert them one by one with -o";
        return null;
    }

    // Links are followed on both sides, so that one file under two names is seen.
    private static bool IsSame(string one, string other) => Resolve(one) == Resolve(other);

    private static string Resolve(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            // A link that leads nowhere, or in a circle: opening it will say so.
            return path;
        }
    }
}
