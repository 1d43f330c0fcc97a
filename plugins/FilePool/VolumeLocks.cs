namespace Qubes.Plugins.FilePool;

/// <summary>One lock per volume that is being worked on; nothing stays behind for a volume at rest.</summary>
internal sealed class VolumeLocks
{
    private readonly Lock guard = new();
    private readonly Dictionary<string, Entry> entries = [];

    /// <summary>How many volumes are being worked on or waited for.</summary>
    public int Count
    {
        get
        {
            lock (guard)
                return entries.Count;
        }
    }

    /// <summary>Waits for the volume; dispose of the result to let it go.</summary>
    public async Task<IDisposable> EnterAsync(string vid, CancellationToken cancel)
    {
        Entry entry;
        lock (guard)
        {
            if (!entries.TryGetValue(vid, out entry!))
                entries.Add(vid, entry = new Entry(this, vid));
            entry.Users++;
        }
        try
        {
            await entry.Turn.WaitAsync(cancel).ConfigureAwait(false);
            return entry;
        }
        catch (OperationCanceledException)
        {
            Forget(entry);
            throw;
        }
    }

    private void Forget(Entry entry)
    {
        lock (guard)
        {
            if (--entry.Users == 0)
                entries.Remove(entry.Vid);
        }
    }

    private sealed class Entry(VolumeLocks owner, string vid) : IDisposable
    {
        // A semaphore without a wait handle owns nothing, so that it need not be disposed of.
        public readonly SemaphoreSlim Turn = new(1);
        public int Users;

        public string Vid => vid;

        public void Dispose()
        {
            Turn.Release();
            owner.Forget(this);
        }
    }
}
