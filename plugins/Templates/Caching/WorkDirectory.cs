using Qubes.Plugins.Templates.Processes;

namespace Qubes.Plugins.Templates.Caching;

/// <summary>
/// A build's own directory in the cache. A lock beside it says that its build lives; one whose lock can be taken is what a
/// killed daemon left.
/// </summary>
internal sealed class WorkDirectory : IAsyncDisposable
{
    private const string LockSuffix = ".lock";

    private readonly FileLock _lock;
    private int _count;

    private WorkDirectory(string path, FileLock held) => (Path, _lock) = (path, held);

    /// <summary>Exists and is empty at first.</summary>
    public string Path { get; }

    /// <summary>Makes one.</summary>
    public static WorkDirectory Create(CacheFolders folders)
    {
        folders.Create();
        while (true)
        {
            var path = System.IO.Path.Combine(folders.Work, Guid.NewGuid().ToString("N")[..12]);
            if (FileLock.TryTake(path + LockSuffix) is not { } held)
                continue;
            Directory.CreateDirectory(path);
            return new WorkDirectory(path, held);
        }
    }

    /// <summary>Removes every directory whose build is dead; says how many there were.</summary>
    public static async Task<int> RemoveRemainsAsync(CacheFolders folders, CancellationToken cancel)
    {
        var removed = 0;
        if (!Directory.Exists(folders.Work))
            return removed;
        foreach (var lockPath in Directory.EnumerateFiles(folders.Work, "*" + LockSuffix).ToList())
        {
            using var held = FileLock.TryTake(lockPath);
            if (held is null)
                continue;
            await RemoveAsync(folders.Work, lockPath[..^LockSuffix.Length], cancel);
            File.Delete(lockPath);
            removed++;
        }
        return removed;
    }

    /// <summary>A new empty directory in it.</summary>
    public string NewFolder(string name) =>
        Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{name}.{Interlocked.Increment(ref _count)}")).FullName;

    /// <summary>Removes it with all that is in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await RemoveAsync(System.IO.Path.GetDirectoryName(Path)!, Path, CancellationToken.None);
        File.Delete(Path + LockSuffix);
        _lock.Dispose();
    }

    // Not by our own hand: without root, what a build made belongs to other ids.
    private static async Task RemoveAsync(string from, string path, CancellationToken cancel) =>
        await ToolRunner.RunAsync(new ToolCommand("rm", "-rf", "--one-file-system", "--", path) { WorkingDirectory = from }, cancel);
}
