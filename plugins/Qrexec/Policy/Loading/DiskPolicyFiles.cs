namespace Qubes.Policy.Loading;

/// <summary>Files on the disk. Remembers what it looked at, in the state it was in before it was read.</summary>
public sealed class DiskPolicyFiles : IPolicyFiles
{
    private readonly Dictionary<string, FileStatus> seen = new(StringComparer.Ordinal);

    /// <summary>Every path that the policy depends on, those included at which nothing was found.</summary>
    public PolicyStamp Stamp => new(seen);

    /// <inheritdoc/>
    public IReadOnlyList<string>? List(string directory) => !Look(directory).IsDirectory ? null :
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos().Select(entry => entry.Name)
            // Looked at whether it counts or not: a link to nothing may become one to a file.
            .Where(name => Look(Path.Combine(directory, name)).IsFile),
    ];

    /// <inheritdoc/>
    public byte[]? Read(string path, int maximum)
    {
        if (!Look(path).IsFile)
            return null;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        // A file may grow while it is read: its end is where reading ends, or one byte above the maximum.
        byte[] bytes = new byte[Math.Clamp(file.Length + 1, 512, (long)maximum + 1)];
        int count = 0;
        for (int more; (more = file.Read(bytes, count, bytes.Length - count)) > 0;)
        {
            count += more;
            if (count == bytes.Length && count <= maximum)
                Array.Resize(ref bytes, (int)Math.Min(count * 2L, (long)maximum + 1));
        }
        return bytes[..count];
    }

    // The first look counts: a change between two readings of one file must be noticed.
    private FileStatus Look(string path)
    {
        FileStatus now = FileStatus.Of(path);
        seen.TryAdd(path, now);
        return now;
    }
}
