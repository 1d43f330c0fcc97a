namespace Qubes.Qrexec.Files;

/// <summary>What was sent, in the order in which it can be deleted: what is in a directory before the directory.</summary>
public sealed class SentFiles
{
    private readonly List<(string Path, bool IsDirectory)> entries = [];

    /// <summary>Deletes all of it. A directory that has got something new meanwhile stays, with that in it.</summary>
    /// <returns>What stayed, in words.</returns>
    public IReadOnlyList<string> Delete()
    {
        var left = new List<string>();
        foreach (var (path, isDirectory) in entries)
        {
            try
            {
                if (isDirectory)
                    Directory.Delete(path);
                else
                    File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                left.Add($"{path} was copied and stays: {e.Message}");
            }
        }

        return left;
    }

    internal void Add(string path, bool isDirectory) => entries.Add((path, isDirectory));
}
