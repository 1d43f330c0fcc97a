using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

public sealed partial class SimulatedPool
{
    private readonly SortedDictionary<string, Dictionary<string, FrozenVolume>> frozen = new(StringComparer.Ordinal);
    private readonly HashSet<(string Key, string Id)> layers = [];
    private readonly HashSet<string> copies = []; // vids of started volumes that began as copies of frozen ones
    private long lastPrepared;

    /// <summary>How many prepared layers nobody has taken.</summary>
    public int Prepared
    {
        get
        {
            lock (gate)
                return layers.Count;
        }
    }

    /// <summary>What <see cref="FrozenUsage"/> says of each frozen volume.</summary>
    public long FrozenVolumeBytes { get; set; } = 1 << 20;

    /// <inheritdoc/>
    public Task FreezeAsync(Volume volume, string key, CancellationToken cancel) => DoAsync(() =>
    {
        if (key.Length != 64 || key.Any(c => !char.IsAsciiHexDigitLower(c)))
            throw new StorageException("The key must be 64 hexadecimal digits");
        RefuseUnlessFreezable(volume);
        if (copies.Contains(volume.Vid) || !started.TryGetValue(volume.Vid, out var seen))
            throw new StorageException($"Volume '{volume.Vid}' is not started, or a copy itself");
        if (!frozen.TryGetValue(key, out var all))
            frozen.Add(key, all = []);
        if (!all.TryAdd(volume.Name, new FrozenVolume(volume.SnapOnStart, volume.Size, seen)))
            throw new StorageException($"A volume called '{volume.Name}' was frozen under this key already");
    }, cancel);

    /// <inheritdoc/>
    public async Task<PreparedVolume> PrepareAsync(string key, string name, CancellationToken cancel)
    {
        PreparedVolume? made = null;
        await DoAsync(() =>
        {
            var original = Frozen(key, name);
            var id = (++lastPrepared).ToString("D");
            layers.Add((key, id));
            made = new PreparedVolume(this, key, name, id, original.Size, [new DiskLayer($"/simulated/prepared/{id}", "qcow2")]);
        }, cancel).ConfigureAwait(false);
        return made!;
    }

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, PreparedVolume prepared, CancellationToken cancel)
    {
        Starting?.Invoke(volume);
        await DoAsync(() =>
        {
            RefuseUnlessFreezable(volume);
            var original = Frozen(prepared.Key, prepared.Name);
            if (volume.Name != prepared.Name || volume.SnapOnStart != original.IsSnapshot || volume.Size != original.Size)
                throw new StorageException($"Volume '{volume.Vid}' is of another kind or size than the frozen one");
            if (prepared.Pool != this || !layers.Remove((prepared.Key, prepared.Id)))
                throw new StorageException($"Volume '{volume.Vid}' cannot begin as a copy: the layer is taken or gone");
            started[volume.Vid] = original.Seen;
            copies.Add(volume.Vid);
        }, cancel).ConfigureAwait(false);
        return new VolumeAttachment(volume, [new DiskLayer(PathOf(volume), "qcow2")], IsWritable: true);
    }

    /// <inheritdoc/>
    public Task DiscardAsync(PreparedVolume prepared, CancellationToken cancel) =>
        DoAsync(() => layers.Remove((prepared.Key, prepared.Id)), cancel);

    /// <inheritdoc/>
    public IReadOnlyList<string> FrozenKeys()
    {
        lock (gate)
            return [.. frozen.Keys];
    }

    /// <inheritdoc/>
    public long FrozenUsage(string key)
    {
        lock (gate)
            return frozen.TryGetValue(key, out var all) ? all.Count * FrozenVolumeBytes : 0;
    }

    /// <inheritdoc/>
    public Task RemoveFrozenAsync(string key, CancellationToken cancel) => DoAsync(() =>
    {
        frozen.Remove(key);
        layers.RemoveWhere(layer => layer.Key == key);
    }, cancel);

    private FrozenVolume Frozen(string key, string name) =>
        frozen.TryGetValue(key, out var all) && all.TryGetValue(name, out var found)
            ? found
            : throw new StorageException($"No volume called '{name}' was frozen under that key");

    private static void RefuseUnlessFreezable(Volume volume)
    {
        if (volume.SaveOnStop || !volume.IsWritable || volume.IsEphemeral)
            throw new StorageException($"Volume '{volume.Vid}' is saved, read-only or ephemeral, and is not to be frozen");
    }

    private sealed record FrozenVolume(bool IsSnapshot, long Size, string? Seen);
}
