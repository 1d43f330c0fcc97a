namespace Qubes.Policy.Loading;

/// <summary>Files that are on no disk.</summary>
public sealed class MemoryPolicyFiles : IPolicyFiles
{
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly HashSet<string> directories = new(StringComparer.Ordinal);

    /// <summary>Makes a directory and those above it.</summary>
    public void AddDirectory(string path)
    {
        for (string? at = path; at is { Length: > 0 } && directories.Add(at);)
            at = Path.GetDirectoryName(at);
    }

    /// <summary>Puts a file, and the directories it needs.</summary>
    public void Add(string path, byte[] content)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            AddDirectory(parent);
        files[path] = content;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string>? List(string directory) => !directories.Contains(directory) ? null :
        [.. files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)!)];

    /// <inheritdoc/>
    public byte[]? Read(string path, int maximum) =>
        files.TryGetValue(path, out byte[]? content) ? content[..Math.Min(content.Length, maximum + 1)] : null;
}
