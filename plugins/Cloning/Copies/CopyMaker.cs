using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Copies;

/// <summary>Makes the machine of a disposable from a frozen one. Used on the kernel loop.</summary>
internal static class CopyMaker
{
    /// <summary>The volumes that are frozen and copied; the others are started as always.</summary>
    public static IEnumerable<Volume> FrozenVolumesOf(IQube qube) => qube.Volumes.Where(v => v.Pool.Freezing is not null && !v.SaveOnStop && v.IsWritable);

    /// <summary>Pools and names of those volumes.</summary>
    public static IReadOnlyList<(IFreezingPool Pool, string Name)> DisksOf(IQube qube) =>
        [.. FrozenVolumesOf(qube).Select(v => (v.Pool.Freezing!, v.Name))];

    /// <summary>Why a qube like this can neither be frozen nor be a copy; null: it can.</summary>
    public static string? WhyImpossible(IQube qube) =>
        qube.Volumes.FirstOrDefault(v => v.SaveOnStop) is { } saved ? $"its volume {saved.Name} is saved"
        : qube.Volumes.FirstOrDefault(v => v.IsEphemeral) is { } secret ? $"its volume {secret.Name} is ephemeral, with a key that no copy may share"
        : qube.Volumes.FirstOrDefault(v => v.IsWritable && v.Pool.Freezing is null) is { } other
            ? $"the pool {other.Pool.Configuration.Name} of its volume {other.Name} cannot freeze volumes"
            : null;

    /// <summary>A machine with its volumes started and its processors stopped.</summary>
    /// <param name="frozen">Of which.</param>
    /// <param name="disposable">Whose.</param>
    /// <param name="spec">The disposable's.</param>
    /// <param name="memory">Shared or its own.</param>
    /// <param name="isUrgent">Somebody waits for it: it may have what was made ready ahead.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubesException">Pool or hypervisor refuse; nothing stays.</exception>
    public static async Task<IMachine> CopyAsync(
        FrozenMachine frozen, IQube disposable, MachineSpec spec, CloneMemory memory, bool isUrgent, CancellationToken cancel)
    {
        frozen.Users++;
        try
        {
            await using var reserve = await Reserves.TakeAsync(frozen, memory, isUrgent, cancel);
            return await RestoreAsync(reserve, disposable, spec, cancel);
        }
        finally
        {
            frozen.Users--;
        }
    }

    private static async Task<IMachine> RestoreAsync(Reserve reserve, IQube disposable, MachineSpec spec, CancellationToken cancel)
    {
        var layers = reserve.Disks.ToDictionary(d => (d.Pool.Configuration.Name, d.Name));
        var starts = disposable.Volumes.Select(StartAsync).ToList();
        try
        {
            var volumes = await Task.WhenAll(starts);
            return await reserve.Machine.RestoreAsync(spec with { Volumes = volumes }, cancel);
        }
        catch
        {
            foreach (var volume in disposable.Volumes)
                await volume.Pool.StopAsync(volume, CancellationToken.None);
            throw;
        }

        Task<VolumeAttachment> StartAsync(Volume volume) =>
            volume.Pool.Freezing is { } pool && layers.TryGetValue((pool.Configuration.Name, volume.Name), out var layer)
                ? pool.StartAsync(volume, layer, cancel)
                : volume.Pool.StartAsync(volume, cancel);
    }
}
