using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>A pool of <see cref="SimulatedPoolDriver"/>. May be used from any thread.</summary>
public sealed partial class SimulatedPool(PoolConfiguration configuration, TimeProvider time) : IFreezingPool
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SimulatedVolume> volumes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string?> started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedFile> imports = [];
    private long lastContent;

    /// <inheritdoc/>
    public PoolConfiguration Configuration => configuration;

    /// <inheritdoc/>
    public string? Directory => configuration.Options.GetValueOrDefault("dir_path");

    /// <summary>Vids of volumes that take room now.</summary>
    public IReadOnlyCollection<string> Existing => Vids();

    /// <summary>Vids of volumes that a machine uses now.</summary>
    public IReadOnlyCollection<string> Started
    {
        get
        {
            lock (gate)
                return [.. started.Keys];
        }
    }

    /// <summary>Called before a volume is started; throw to make it fail.</summary>
    public Action<Volume>? Starting { get; set; }

    /// <summary>Called before a volume is removed; throw to make it fail.</summary>
    public Action<Volume>? Removing { get; set; }

    /// <summary>What <see cref="Measure"/> says.</summary>
    public PoolUsage Room { get; set; } = new(1L << 40, 0);

    /// <inheritdoc/>
    public Task CreateAsync(Volume volume, CancellationToken cancel) => DoAsync(() =>
    {
        if (volume.IsPersistent && !volumes.TryAdd(volume.Vid, new SimulatedVolume(++lastContent, volume.Size)))
            throw new StorageException($"Volume '{volume.Vid}' exists already");
    }, cancel);

    /// <inheritdoc/>
    public async Task RemoveAsync(Volume volume, CancellationToken cancel)
    {
        SimulatedFile? import = null;
        await DoAsync(() =>
        {
            Removing?.Invoke(volume);
            volumes.Remove(volume.Vid);
            started.Remove(volume.Vid);
            copies.Remove(volume.Vid);
            imports.Remove(volume.Vid, out import);
        }, cancel).ConfigureAwait(false);
        if (import is not null)
            await import.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel)
    {
        Starting?.Invoke(volume);
        await DoAsync(() =>
        {
            RefuseUnlessStartable(volume);
            var origin = volume.Source ?? volume;
            if (origin.HasSnapshotsOff && volumes.TryGetValue(origin.Vid, out var book))
                book.Prune(0);
            started[volume.Vid] = Named(origin);
            copies.Remove(volume.Vid);
        }, cancel).ConfigureAwait(false);
        return new VolumeAttachment(volume, [new DiskLayer(PathOf(volume), "raw")], volume.IsWritable);
    }

    /// <inheritdoc/>
    public Task StopAsync(Volume volume, CancellationToken cancel) => DoAsync(() =>
    {
        copies.Remove(volume.Vid);
        if (started.Remove(volume.Vid) && volume.IsPersistent && volumes.TryGetValue(volume.Vid, out var book))
            book.Replace(++lastContent, Math.Max(book.Size, volume.Size), volume.RevisionsToKeep, time.GetUtcNow());
    }, cancel);

    /// <inheritdoc/>
    public Task VerifyAsync(Volume volume, CancellationToken cancel) => DoAsync(() => RefuseUnlessStartable(volume), cancel);

    /// <inheritdoc/>
    public string PathOf(Volume volume) => "/simulated/" + volume.Vid;

    /// <inheritdoc/>
    public IReadOnlyList<string> Vids()
    {
        lock (gate)
            return [.. volumes.Keys.Union(started.Keys).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public PoolUsage Measure() => Room;

    /// <inheritdoc/>
    public bool IsOutdated(Volume volume)
    {
        lock (gate)
        {
            return volume.Source is { } source && started.TryGetValue(volume.Vid, out var seen)
                && Named(source) is { } current && seen != current;
        }
    }

    /// <inheritdoc/>
    public bool IsDirty(Volume volume)
    {
        lock (gate)
            return volume.IsPersistent && started.ContainsKey(volume.Vid);
    }

    /// <inheritdoc/>
    public long Usage(Volume volume) => 0;

    /// <inheritdoc/>
    public string? Revision(Volume volume)
    {
        lock (gate)
            return Named(volume);
    }

    private string? Named(Volume volume) =>
        volumes.TryGetValue(volume.Vid, out var book) ? book.Content.ToString("D") : null;

    private void RefuseUnlessStartable(Volume volume)
    {
        if (volume is { SnapOnStart: true, SaveOnStop: true })
            throw new StorageException($"Volume '{volume.Vid}' is refused: it is a snapshot or saved, not both");
        var origin = volume.Source ?? volume;
        if (origin.SaveOnStop && !volumes.ContainsKey(origin.Vid))
            throw new StorageException($"Volume '{origin.Vid}' does not exist");
        if (origin != volume && origin.HasSnapshotsOff && started.ContainsKey(origin.Vid))
            throw new StorageException($"Volume '{origin.Vid}' is in use without snapshots");
    }

    private Task DoAsync(Action work, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return Task.FromCanceled(cancel);
        try
        {
            lock (gate)
                work();
            return Task.CompletedTask;
        }
        catch (QubesException e)
        {
            return Task.FromException(e);
        }
    }
}
