using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Copies;

/// <summary>A hypervisor's process that waits, with the layers that it has open. Disposing of it ends it and deletes what nobody took.</summary>
internal sealed class Reserve : IAsyncDisposable
{
    private Reserve(IReservedMachine machine, IReadOnlyList<PreparedVolume> disks, CloneMemory memory)
    {
        Machine = machine;
        Disks = disks;
        Memory = memory;
    }

    public IReservedMachine Machine { get; }

    /// <summary>In the frozen machine's order.</summary>
    public IReadOnlyList<PreparedVolume> Disks { get; }

    public CloneMemory Memory { get; }

    /// <exception cref="Sdk.Errors.QubesException">Pool or hypervisor refuse; nothing stays.</exception>
    public static async Task<Reserve> MakeAsync(FrozenMachine frozen, CloneMemory memory, CancellationToken cancel)
    {
        List<PreparedVolume> disks = [];
        try
        {
            foreach (var (pool, name) in frozen.Disks!)
                disks.Add(await pool.PrepareAsync(frozen.Key, name, cancel));
            return new Reserve(await frozen.Driver.ReserveAsync(frozen.Memory, disks, memory, cancel), disks, memory);
        }
        catch
        {
            await DiscardAsync(disks);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Machine.DisposeAsync();
        await DiscardAsync(Disks);
    }

    private static async Task DiscardAsync(IEnumerable<PreparedVolume> disks)
    {
        foreach (var disk in disks)
            await disk.Pool.DiscardAsync(disk, CancellationToken.None);
    }
}
