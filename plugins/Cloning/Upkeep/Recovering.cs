using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Upkeep;

/// <summary>
/// Makes of what an earlier daemon left what it can: a memory template that is whole, with its driver and its pools, and proven, is used
/// on; every other part of one is removed, and so is every hidden disposable.
/// </summary>
internal sealed class Recovering(
    TemplateRecords records, HiddenQubes hidden, CloningDrivers drivers, Disposal disposal, IQubes qubes, ILogger<Recovering> log)
{
    public async Task RunAsync()
    {
        foreach (var left in hidden.LeftOvers)
            await hidden.EndAsync(left);
        var removed = 0;
        var frozen = disposal.Pools.SelectMany(p => p.FrozenKeys()).ToHashSet();
        foreach (var owner in qubes.ToList())
        {
            if (ProofMarks.Of(owner) is { } key && frozen.Contains(key) && Find(key) is { } found)
                records.Of(owner).Become(found);
            else
                ProofMarks.Clear(owner);
        }
        var kept = records.WithReady.Select(r => r.Ready!.Key).ToHashSet();
        foreach (var (driver, key) in drivers.All.SelectMany(d => d.MemoryTemplates.Select(t => (d, t.Key))).Where(t => !kept.Contains(t.Key)).ToList())
        {
            await driver.RemoveAsync(key, CancellationToken.None);
            removed++;
        }
        foreach (var pool in disposal.Pools)
        {
            foreach (var key in pool.FrozenKeys().Where(k => !kept.Contains(k)).ToList())
            {
                await pool.RemoveFrozenAsync(key, CancellationToken.None);
                removed++;
            }
        }
        if (kept.Count + removed > 0)
            Log.Recovered(log, kept.Count, removed);
    }

    private FrozenMachine? Find(string key)
    {
        foreach (var driver in drivers.All)
        {
            if (driver.MemoryTemplates.FirstOrDefault(t => t.Key == key) is { } memory)
                return new FrozenMachine(driver, memory);
        }
        return null;
    }
}
