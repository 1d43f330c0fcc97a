using System.Collections.Concurrent;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>A pool of <see cref="SimulatedPoolDriver"/>.</summary>
public sealed class SimulatedPool(PoolConfiguration configuration) : IStoragePool
{
    private readonly ConcurrentDictionary<string, int> committed = new();
    private readonly ConcurrentDictionary<string, string?> started = new();

    /// <inheritdoc/>
    public PoolConfiguration Configuration => configuration;

    /// <summary>Vids of volumes that take room now.</summary>
    public IReadOnlyCollection<string> Existing => [.. committed.Keys.Union(started.Keys)];

    /// <summary>Vids of volumes that a machine uses now.</summary>
    public IReadOnlyCollection<string> Started => [.. started.Keys];

    /// <summary>Called before a volume is started; throw to make it fail.</summary>
    public Action<Volume>? Starting { get; set; }

    /// <inheritdoc/>
    public Task CreateAsync(Volume volume, CancellationToken cancel)
    {
        if (volume.SaveOnStop && !committed.TryAdd(volume.Vid, 1))
            throw new StorageException($"Volume '{volume.Vid}' exists already");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(Volume volume, CancellationToken cancel)
    {
        committed.TryRemove(volume.Vid, out _);
        started.TryRemove(volume.Vid, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel)
    {
        Starting?.Invoke(volume);
        var origin = volume.Source ?? volume;
        if (origin.SaveOnStop && !committed.ContainsKey(origin.Vid))
            throw new StorageException($"Volume '{origin.Vid}' does not exist");
        started[volume.Vid] = Revision(origin);
        return Task.FromResult(new VolumeAttachment(volume, [new DiskLayer("/simulated/" + volume.Vid, "raw")], volume.IsWritable));
    }

    /// <inheritdoc/>
    public Task StopAsync(Volume volume, CancellationToken cancel)
    {
        if (started.TryRemove(volume.Vid, out _) && volume.SaveOnStop)
            committed.AddOrUpdate(volume.Vid, 1, (_, n) => n + 1);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel)
    {
        committed.AddOrUpdate(volume.Vid, 1, (_, n) => n + 1);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public bool IsOutdated(Volume volume) =>
        volume.Source is { } source && started.TryGetValue(volume.Vid, out var seen) && seen != Revision(source);

    /// <inheritdoc/>
    public bool IsDirty(Volume volume) => volume.SaveOnStop && started.ContainsKey(volume.Vid);

    /// <inheritdoc/>
    public long Usage(Volume volume) => 0;

    /// <inheritdoc/>
    public string? Revision(Volume volume) => committed.TryGetValue(volume.Vid, out var revision) ? revision.ToString() : null;

    /// <inheritdoc/>
    public string? Directory => null;

    /// <inheritdoc/>
    public Task VerifyAsync(Volume volume, CancellationToken cancel) =>
        (volume.Source ?? volume) is { SaveOnStop: true } origin && !committed.ContainsKey(origin.Vid)
            ? throw new StorageException($"Volume '{origin.Vid}' does not exist")
            : Task.CompletedTask;

    /// <inheritdoc/>
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) => [];

    /// <inheritdoc/>
    public Task RevertAsync(Volume volume, string revision, CancellationToken cancel) =>
        throw new VolumeRevisionNotFoundException($"Volume '{volume.Vid}' has no revision '{revision}'");

    /// <inheritdoc/>
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel) => Task.FromResult("/simulated/" + volume.Vid);

    /// <inheritdoc/>
    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel) => ImportAsync(volume, "", cancel);

    /// <inheritdoc/>
    public Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel) =>
        throw new StorageException($"Volume '{volume.Vid}' is simulated and has no content");

    /// <inheritdoc/>
    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel) => ImportAsync(volume, "", cancel);

    /// <inheritdoc/>
    public string PathOf(Volume volume) => "/simulated/" + volume.Vid;

    /// <inheritdoc/>
    public IReadOnlyList<string> Vids() => [.. Existing.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public PoolUsage Measure() => new(null, null);
}
