using System.Globalization;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Recipes;

/// <summary>Reads the <c>files</c> of a recipe.</summary>
internal static class RecipeFiles
{
    // Mounted over at boot, so a file there would never be seen.
    private static readonly string[] _covered = ["/proc", "/sys", "/dev", "/run", "/tmp", "/rw"];

    /// <param name="list">The list.</param>
    /// <param name="folder">Where the recipe lies; sources are below it.</param>
    /// <exception cref="QubesException">A path or mode is not accepted.</exception>
    public static IReadOnlyList<RecipeFile> Read(RecipeNode list, string folder)
    {
        var files = new List<RecipeFile>();
        foreach (var node in list.List())
        {
            var values = node.Map("source", "target", "mode");
            foreach (var key in new[] { "source", "target" })
            {
                if (!values.ContainsKey(key))
                    throw node.Refuse($"a file needs '{key}'");
            }
            var target = Target(values["target"]);
            if (files.Exists(f => f.Target == target))
                throw values["target"].Refuse($"'{target}' is the target of two files; each needs its own");
            files.Add(new RecipeFile(Source(values["source"], folder), target, Mode(values)));
        }
        return files;
    }

    private static string Source(RecipeNode node, string folder)
    {
        const string accepted = "a path relative to the recipe's folder, without '..'";
        var text = node.Text(accepted);
        return !text.StartsWith('/') && IsPlain(text) ? Path.Combine(folder, text) : throw node.RefuseValue(accepted);
    }

    private static string Target(RecipeNode node)
    {
        const string accepted = "an absolute path without '..', '.' and '//'";
        var text = node.Text(accepted);
        if (!text.StartsWith('/') || !IsPlain(text[1..]))
            throw node.RefuseValue(accepted);
        return Array.Find(_covered, c => text.StartsWith(c + "/", StringComparison.Ordinal) || text == c) is { } covered
            ? throw node.Refuse($"'target' cannot be below {covered}, which a running qube mounts over")
            : text;
    }

    private static bool IsPlain(string path) =>
        path.Split('/').All(part => part is not ("" or "." or "..")) && !path.Any(char.IsControl) && path.Length <= 1024;

    private static UnixFileMode Mode(IReadOnlyDictionary<string, RecipeNode> values)
    {
        const string accepted = "three octal digits, e.g. 0644 or 755; 0644 if left out";
        if (!values.TryGetValue("mode", out var node))
            return UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var text = node.Text(accepted);
        var digits = text.Length == 4 && text[0] == '0' ? text[1..] : text;
        return digits.Length == 3 && digits.All(d => d is >= '0' and <= '7')
            ? (UnixFileMode)digits.Aggregate(0, (mode, digit) => mode * 8 + CharUnicodeInfo.GetDecimalDigitValue(digit))
            : throw node.RefuseValue(accepted);
    }
}
