using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Upkeep;

/// <summary>Removes memory templates, driver's part and pools' parts together. Copies that run keep what they use. On the kernel loop.</summary>
internal sealed class Disposal(IQubes qubes, ILogger<Disposal> log)
{
    /// <summary>Bytes of memory and disk that it takes.</summary>
    public long SizeOf(FrozenMachine frozen) => frozen.Memory.MemoryBytes + frozen.Memory.DiskBytes + Pools.Sum(p => p.FrozenUsage(frozen.Key));

    /// <summary>Removes what was ready, with its reserve.</summary>
    public async Task RemoveAsync(TemplateRecord record, FrozenMachine frozen, string reason)
    {
        Log.Removed(log, record.Owner.Name, frozen.ShortKey, reason);
        ProofMarks.Clear(record.Owner); // first: without it, what is left is an orphan that the next daemon removes
        if (record.Ready == frozen)
            record.Drop(reason);
        await Reserves.EmptyAsync(frozen);
        await ForgetAsync(frozen.Driver, frozen.Key);
    }

    /// <summary>Puts a key out of service and removes what has it: nobody is to get a copy of it any more.</summary>
    public async Task RefuseAsync(TemplateRecord record, string key, string reason)
    {
        Log.Refused(log, record.Owner.Name, key[..12], reason);
        var frozen = record.Ready;
        record.Refuse(key, reason);
        if (frozen is null)
            return;
        ProofMarks.Clear(record.Owner);
        await Reserves.EmptyAsync(frozen);
        await ForgetAsync(frozen.Driver, frozen.Key);
    }

    /// <summary>Removes everything under a key, whole or not.</summary>
    public async Task ForgetAsync(ICloningDriver driver, string key)
    {
        await driver.RemoveAsync(key, CancellationToken.None);
        foreach (var pool in Pools)
            await pool.RemoveFrozenAsync(key, CancellationToken.None);
    }

    /// <summary>Every pool that freezes volumes.</summary>
    public IReadOnlyList<IFreezingPool> Pools => [.. qubes.Pools.Select(p => p.Freezing).OfType<IFreezingPool>()];
}
