namespace Qubes.Kernel.Plugins.Watching;

/// <summary>
/// Tells when something below one of some directories has changed and then been quiet for a while: writes in place, files renamed over
/// others, as packages are installed, directories replaced. What the system's notices miss, and directories that do not exist yet, a
/// look every now and then finds: whoever is told compares for himself, so a call too many does no harm.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    /// <summary>How long everything must have been quiet: longer than a package manager's pause between two files of a plugin.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it is looked anyway, where all directories are watched.</summary>
    public static readonly TimeSpan Rarely = TimeSpan.FromSeconds(30);

    /// <summary>How often, where one is missing or cannot be watched.</summary>
    public static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<string, FileSystemWatcher> watchers = [];
    private readonly IReadOnlyList<string> directories;
    private readonly Action changed;
    private readonly Action<string, Exception> unwatched;
    private readonly ITimer quiet;
    private readonly ITimer look;
    private TimeSpan untilRarely;
    private TimeSpan interval;
    private bool disposed;

    /// <param name="directories">Absolute.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called on any thread.</param>
    /// <param name="unwatched">Told once of a directory that is there and cannot be watched.</param>
    public FolderWatch(IReadOnlyList<string> directories, TimeProvider time, Action changed, Action<string, Exception> unwatched)
    {
        (this.directories, this.changed, this.unwatched) = (directories, changed, unwatched);
        quiet = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        look = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (gate)
            WatchAll();
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            UnwatchAll();
        }
        quiet.Dispose();
        look.Dispose();
    }

    private void Tell()
    {
        lock (gate)
        {
            if (disposed)
                return;
        }
        changed();
    }

    private void Look()
    {
        lock (gate)
        {
            if (disposed)
                return;
            var count = watchers.Count;
            untilRarely -= interval;
            var isDue = untilRarely <= TimeSpan.Zero;
            if (isDue)
                UnwatchAll();
            WatchAll();
            if (!isDue && watchers.Count == count)
                return;
        }
        changed();
    }

    private void Restart()
    {
        lock (gate)
        {
            if (!disposed)
                quiet.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private void WatchAll()
    {
        foreach (var directory in directories.Where(directory => !watchers.ContainsKey(directory) && Directory.Exists(directory)))
        {
            if (Watch(directory) is { } watcher)
                watchers.Add(directory, watcher);
        }
        if (untilRarely <= TimeSpan.Zero)
            untilRarely = Rarely;
        interval = watchers.Count == directories.Count ? untilRarely : Often;
        look.Change(interval, Timeout.InfiniteTimeSpan);
    }

    // A directory that was replaced as a whole is another one: its watch sees nothing any more.
    private void UnwatchAll()
    {
        foreach (var watcher in watchers.Values)
            watcher.Dispose();
        watchers.Clear();
    }

    private FileSystemWatcher? Watch(string directory)
    {
        var watcher = new FileSystemWatcher(directory)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.Attributes,
        };
        watcher.Changed += (_, _) => Restart();
        watcher.Created += (_, _) => Restart();
        watcher.Deleted += (_, _) => Restart();
        watcher.Renamed += (_, _) => Restart();
        watcher.Error += (_, _) => Restart(); // Changes were lost: one of them may have been to a plugin.
        try
        {
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            watcher.Dispose();
            unwatched(directory, e);
            return null;
        }
    }
}
