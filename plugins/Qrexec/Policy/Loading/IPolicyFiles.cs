namespace Qubes.Policy.Loading;

/// <summary>Where the bytes of a policy come from: the disk, or what a disk would hold.</summary>
public interface IPolicyFiles
{
    /// <summary>The names of the regular files directly in a directory, links followed, in no order; null if there is no such directory.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    IReadOnlyList<string>? List(string directory);

    /// <summary>What a regular file holds, links followed; null if there is no such file. Never more than a byte above <paramref name="maximum"/>.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    byte[]? Read(string path, int maximum);
}
