using Qubes.Agent.Native;

namespace Qubes.Agent.Identity;

/// <summary>
/// A file of this guest's memory that is mounted over others, which stay as they are: what is on a disk, or is the kernel's, is
/// shared or cannot be written. It is written in place through a descriptor that stays open, so that replacing it costs one call.
/// </summary>
internal sealed class CoveredFile
{
    private const UnixFileMode ForReaders = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly int descriptor;
    private readonly string covered;

    private CoveredFile(int descriptor, string covered) => (this.descriptor, this.covered) = (descriptor, covered);

    /// <summary>Makes the file and mounts it over the others, at least one.</summary>
    /// <param name="path">Where it is; its directory is made, for root alone to write.</param>
    /// <param name="content">What it says at first; always as long as this.</param>
    /// <param name="covered">The files in whose place it is seen.</param>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public static CoveredFile Cover(string path, ReadOnlySpan<byte> content, IReadOnlyList<string> covered)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        var file = new CoveredFile(Descriptors.Open(path, Descriptors.WriteOnly), covered[0]);
        File.SetUnixFileMode(path, ForReaders);
        foreach (var target in covered)
            Libc.Mount(path, target, null, Libc.MountBind, null);
        return file.Shows(content) ? file : throw new IOException($"{covered[0]} does not show what lies over it");
    }

    /// <summary>Writes it anew; false if that failed, or does not show where it is looked for.</summary>
    public bool Replace(ReadOnlySpan<byte> content) => Libc.WriteAtStart(descriptor, content) == content.Length && Shows(content);

    private bool Shows(ReadOnlySpan<byte> content)
    {
        Span<byte> seen = stackalloc byte[content.Length + 1];
        var fd = Descriptors.TryOpen(covered, Descriptors.ReadOnly);
        if (fd < 0)
            return false;
        var count = Descriptors.Read(fd, seen);
        Descriptors.Close(fd);
        return count == content.Length && seen[..count].SequenceEqual(content);
    }
}
