using Qubes.Plugins.Preload.Lives;

namespace Qubes.Plugins.Preload.Status;

/// <summary>What the queued preloads of one template cost the host.</summary>
/// <param name="Measured">Of how many this is the sum.</param>
/// <param name="PssKib">Their private pages, and of each shared one their parts, KiB.</param>
/// <param name="PrivateKib">What their end would free, KiB.</param>
/// <param name="SharedKib">Of the one that shares most, what it shares with anybody, KiB: mostly the same pages in all of them.</param>
internal sealed record PoolMemory(int Measured, long PssKib, long PrivateKib, long SharedKib)
{
    /// <summary>Null: none was measured.</summary>
    public static PoolMemory? Of(IEnumerable<PreloadLife> preloads)
    {
        var all = preloads.Select(p => p.HostMemory).OfType<Sdk.Hypervisors.HostMemory>().ToList();
        return all.Count == 0 ? null : new(all.Count, all.Sum(m => m.ProportionalKiB), all.Sum(m => m.PrivateKiB), all.Max(m => m.SharedKiB));
    }
}
