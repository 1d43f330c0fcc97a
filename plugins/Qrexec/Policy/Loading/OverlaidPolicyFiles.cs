namespace Qubes.Policy.Loading;

/// <summary>Files as they would be with some more of them, or others in their place.</summary>
/// <param name="below">What is there.</param>
/// <param name="files">Full path to content.</param>
public sealed class OverlaidPolicyFiles(IPolicyFiles below, IReadOnlyDictionary<string, byte[]> files) : IPolicyFiles
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? List(string directory)
    {
        List<string> added = [.. files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)!)];
        IReadOnlyList<string>? there = below.List(directory);
        return added.Count == 0 ? there : [.. (there ?? []).Union(added, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public byte[]? Read(string path, int maximum) =>
        files.TryGetValue(path, out byte[]? content) ? content[..Math.Min(content.Length, maximum + 1)] : below.Read(path, maximum);
}
