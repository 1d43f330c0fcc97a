using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>The configured pools, in the order in which they were added.</summary>
internal sealed class PoolTable(KernelContext context)
{
    private readonly List<Pool> pools = [];

    public IReadOnlyList<Pool> All => pools;

    public IStoragePool Find(string name) =>
        pools.Find(p => p.Configuration.Name == name)
        ?? throw new QubesException($"There is no pool called '{name}'; known: {string.Join(", ", pools.Select(p => p.Configuration.Name))}");

    public bool Has(string name) => pools.Exists(p => p.Configuration.Name == name);

    /// <summary>Puts a configured pool in place, to be opened at its first use.</summary>
    public void Restore(PoolConfiguration configuration) => pools.Add(new Pool(configuration, context.Extensions));

    /// <summary>Adds a pool that opens.</summary>
    public async Task<IStoragePool> AddAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        RequireNew(configuration);
        var pool = new Pool(configuration, context.Extensions);
        await pool.OpenAsync().WaitAsync(cancel);
        RequireNew(configuration);
        pools.Add(pool);
        Keep(pool);
        await context.Events.FireAsync(new PoolAdded(pool), CancellationToken.None);
        return pool;
    }

    /// <summary>Forgets a pool that nothing uses.</summary>
    /// <param name="pool">One of these.</param>
    /// <param name="requireUnused">Throws when something does; asked again after handlers had their say.</param>
    /// <param name="cancel">Leaves the pool.</param>
    public async Task RemoveAsync(Pool pool, Action requireUnused, CancellationToken cancel)
    {
        requireUnused();
        await context.Events.FireAsync(new PoolRemoving(pool), cancel);
        requireUnused();
        if (!pools.Remove(pool))
            throw new QubesException($"There is no pool called '{pool.Configuration.Name}' any more");
        context.State.DeletePool(pool.Configuration.Name);
        await context.Events.FireAsync(new PoolRemoved(pool), CancellationToken.None);
    }

    /// <summary>Changes a default of the pool's volumes.</summary>
    public void SetOption(Pool pool, string name, string value)
    {
        var options = new OrderedDictionary<string, string>(pool.Configuration.Options) { [name] = value };
        pool.Configuration = pool.Configuration with { Options = options };
        Keep(pool);
    }

    private void Keep(Pool pool) => context.State.PutPool(
        new StoredPool(pool.Configuration.Name, pool.Configuration.Driver, pool.Configuration.Options));

    private void RequireNew(PoolConfiguration configuration)
    {
        if (Has(configuration.Name))
            throw new PoolInUseException($"A pool called '{configuration.Name}' exists already");
    }
}
