namespace Qubes.Plugins.Templates.Caching;

/// <summary>
/// An advisory lock (flock) on a file: excludes other holders in this process and in others, and ends with the process.
/// The file stays, so that no two holders can ever lock different files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or null when another holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">For the pause between two attempts.</param>
    /// <param name="waiting">Called once if it has to be waited for.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<FileLock> TakeAsync(string path, TimeProvider time, Action? waiting, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (attempt == 0)
                waiting?.Invoke();
            await Task.Delay(_pause, time, cancel);
        }
    }

    /// <summary>Lets go of it.</summary>
    public void Dispose() => _file.Dispose();
}
