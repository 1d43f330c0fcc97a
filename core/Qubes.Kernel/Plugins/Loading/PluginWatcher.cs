namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Tells when a folder has changed and then been quiet for a while. Sees writes in place and, since packages are installed
/// that way, files renamed over others.
/// </summary>
internal sealed class PluginWatcher : IDisposable
{
    private readonly FileSystemWatcher watcher;
    private readonly ITimer timer;

    public PluginWatcher(string folder, TimeSpan quiet, TimeProvider time, Action changed)
    {
        timer = time.CreateTimer(_ => changed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        void Restart() => timer.Change(quiet, Timeout.InfiniteTimeSpan);
        watcher.Changed += (_, _) => Restart();
        watcher.Created += (_, _) => Restart();
        watcher.Deleted += (_, _) => Restart();
        watcher.Renamed += (_, _) => Restart();
        watcher.Error += (_, _) => Restart(); // Changes were lost: one of them may have been to the plugin.
        watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        watcher.Dispose();
        timer.Dispose();
    }
}
