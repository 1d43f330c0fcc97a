using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>The configured pools.</summary>
internal sealed class PoolTable(KernelContext context)
{
    private readonly List<Pool> pools = [];

    public IReadOnlyList<IStoragePool> All => pools;

    public IStoragePool Find(string name) =>
        pools.Find(p => p.Configuration.Name == name)
        ?? throw new QubesException($"There is no pool called '{name}'; known: {string.Join(", ", pools.Select(p => p.Configuration.Name))}");

    /// <summary>The pools that hold volumes of these qubes.</summary>
    public static IEnumerable<Pool> InUse(IEnumerable<Qube> qubes) =>
        qubes.SelectMany(q => q.Volumes).Select(v => v.Pool).Distinct().OfType<Pool>();

    public void Add(PoolConfiguration configuration) => pools.Add(new Pool(configuration, context.Extensions));
}
