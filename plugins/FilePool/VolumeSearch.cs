namespace Qubes.Plugins.FilePool;

/// <summary>Which volumes the files below a pool's directory belong to; files of others are passed over.</summary>
internal static class VolumeSearch
{
    private static readonly string[] Folders = ["appvms", "vm-templates"]; // of QUBE/VOLUME (spec: storage, section 4)
    private static readonly string[] Endings = ["-dirty.qcow2", "-dirty.img", "-clean.img", "-frozen.qcow2", "-frozen.img", "-import.img", ".img"];

    private static readonly EnumerationOptions Plain = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    /// <summary>Vids, sorted.</summary>
    public static IReadOnlyList<string> Below(string pool)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var folder in Folders)
        {
            foreach (var qube in Enumerate($"{pool}/{folder}", Directory.EnumerateDirectories))
            {
                foreach (var file in Enumerate(qube, Directory.EnumerateFiles))
                {
                    if (BaseNameOf(Path.GetFileName(file)) is { } name
                        && $"{folder}/{Path.GetFileName(qube)}/{name}" is var vid
                        && VolumeFiles.IsVid(vid))
                    {
                        found.Add(vid);
                    }
                }
            }
        }
        return [.. found];
    }

    private static IEnumerable<string> Enumerate(string path, Func<string, string, EnumerationOptions, IEnumerable<string>> list) =>
        Directory.Exists(path) ? list(path, "*", Plain) : [];

    private static string? BaseNameOf(string fileName) =>
        Endings.FirstOrDefault(ending => fileName.EndsWith(ending, StringComparison.Ordinal)) is { } ending
            ? fileName[..^ending.Length]
            : Revisions.BaseNameOf(fileName);
}
