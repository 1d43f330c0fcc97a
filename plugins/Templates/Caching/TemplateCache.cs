namespace Qubes.Plugins.Templates.Caching;

/// <summary>
/// Directories named by their content's <see cref="CacheKey"/>, of several kinds. Each appears complete or not at all. Who
/// makes or uses one holds its lock, so that a second build of the same thing waits for the first and finds its result.
/// A build takes locks in the order image, root, kernel.
/// </summary>
internal sealed class TemplateCache(CacheFolders folders, TimeProvider time)
{
    /// <summary>How many of a kind are kept, the last used ones.</summary>
    public const int Kept = 4;

    /// <summary>Hands out the directory of that key; makes it when there is none.</summary>
    /// <param name="kind">Names the shelf, e.g. <c>images</c>.</param>
    /// <param name="key">The content's key.</param>
    /// <param name="anew">Make it though there is one.</param>
    /// <param name="work">The build's own directory, on the same file system.</param>
    /// <param name="waiting">Called when another build is making it.</param>
    /// <param name="make">Fills an empty directory.</param>
    /// <param name="cancel">Leaves nothing new.</param>
    public async Task<CacheLease> GetAsync(
        string kind, string key, bool anew, WorkDirectory work, Action? waiting, Func<string, Task> make, CancellationToken cancel)
    {
        var held = await FileLock.TakeAsync(LockPath(kind, key), time, waiting, cancel);
        try
        {
            var path = Path.Combine(folders.Root, kind, key);
            if (anew || !Directory.Exists(path))
            {
                var fresh = work.NewFolder(kind);
                await make(fresh);
                Durable.Flush(fresh);
                cancel.ThrowIfCancellationRequested();
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (Directory.Exists(path))
                    Directory.Move(path, Path.Combine(work.NewFolder("replaced"), key));
                Directory.Move(fresh, path);
            }
            Directory.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return new CacheLease(path, key, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Drops what was used least recently, and is not in use, until each kind has at most <see cref="Kept"/>.</summary>
    public void Prune(WorkDirectory work, params IEnumerable<string> kinds)
    {
        foreach (var kind in kinds)
        {
            var shelf = new DirectoryInfo(Path.Combine(folders.Root, kind));
            if (!shelf.Exists)
                continue;
            foreach (var old in shelf.EnumerateDirectories().OrderByDescending(d => d.LastWriteTimeUtc).Skip(Kept))
            {
                using var held = FileLock.TryTake(LockPath(kind, old.Name));
                if (held is not null)
                    old.MoveTo(Path.Combine(work.NewFolder("dropped"), old.Name));
            }
        }
    }

    private string LockPath(string kind, string key) => Path.Combine(folders.Locks, $"{kind}-{key}");
}
