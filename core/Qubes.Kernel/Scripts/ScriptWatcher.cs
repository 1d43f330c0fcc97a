namespace Qubes.Kernel.Scripts;

/// <summary>
/// Tells when a directory has changed and then been quiet for a moment: writes in place, files renamed over others, removed, linked, and
/// owners and modes that were mended.
/// </summary>
internal sealed class ScriptWatcher : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly FileSystemWatcher watcher;
    private readonly ITimer timer;

    public ScriptWatcher(string folder, TimeProvider time, Action changed)
    {
        timer = time.CreateTimer(_ => changed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        void Restart() => timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        watcher.Changed += (_, _) => Restart();
        watcher.Created += (_, _) => Restart();
        watcher.Deleted += (_, _) => Restart();
        watcher.Renamed += (_, _) => Restart();
        watcher.Error += (_, _) => Restart(); // Changes were lost: one of them may have been to a script.
        watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        watcher.Dispose();
        timer.Dispose();
    }
}
