using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Scripts.Files;

/// <summary>
/// Where scripts are. Those that ship are examples: one is active where the administrator's directory has a link of its name to it. What else is in the
/// administrator's directory is active. Only <c>*.csx</c> directly in a directory are scripts; those in directories below are for <c>#load</c>.
/// </summary>
internal sealed class ScriptFolders(QubesPaths paths)
{
    public const string Ending = ".csx";

    public string Shipped => paths.Shared + "/scripts";

    public string Administrators => paths.Configuration + "/scripts";

    /// <summary>Every script by name; a name that both have is here twice.</summary>
    public IReadOnlyList<ScriptFile> Find()
    {
        var own = Names(Administrators).Select(n => Of(n, Administrators)).ToList();
        var active = own.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return [.. own.Concat(Names(Shipped).Where(n => !own.Exists(o => o.Name == n && o.Path == PathOf(n, Shipped)))
                .Select(n => new ScriptFile(n, PathOf(n, Shipped), active.Contains(n) ? ScriptUse.Superseded : ScriptUse.Offered)))
            .OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.Use)];
    }

    public static string PathOf(string name, string folder) => $"{folder}/{name}{Ending}";

    /// <summary>Which of the two a path is in; null: neither.</summary>
    public string? FolderOf(string path) =>
        path.StartsWith(Administrators + "/", StringComparison.Ordinal) ? Administrators
        : path.StartsWith(Shipped + "/", StringComparison.Ordinal) ? Shipped
        : null;

    // A link to a shipped script of the same name enables that one; any other link is refused when it is read.
    private ScriptFile Of(string name, string folder)
    {
        var path = PathOf(name, folder);
        var enabled = new FileInfo(path).LinkTarget is { } target
            && Path.GetFullPath(target, folder) == Path.GetFullPath(PathOf(name, Shipped));
        return new(name, enabled ? PathOf(name, Shipped) : path, ScriptUse.Enabled);
    }

    // A dot in front marks what an editor or a package manager has not finished.
    private static IEnumerable<string> Names(string folder) => !Directory.Exists(folder) ? [] : Directory.EnumerateFileSystemEntries(folder, "*" + Ending)
        .Select(p => Path.GetFileNameWithoutExtension(p)!).Where(n => n.Length > 0 && n[0] != '.').Order(StringComparer.Ordinal);
}
