using System.Collections.Concurrent;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>
/// A pool driver that keeps books instead of bytes: which volumes exist, which are started, and how often each was
/// committed. Outdated and dirty follow the rules of the spec's storage model.
/// </summary>
/// <param name="name">The driver's name; <c>file</c> makes it stand in for the one of a new state directory.</param>
public sealed class SimulatedPoolDriver(string name = "file") : IStoragePoolDriver
{
    private readonly ConcurrentDictionary<string, SimulatedPool> pools = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => ["dir_path"];

    /// <summary>Opened pools by name.</summary>
    public IReadOnlyDictionary<string, SimulatedPool> Pools => pools;

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel) =>
        Task.FromResult<IStoragePool>(pools.GetOrAdd(configuration.Name, _ => new SimulatedPool(configuration)));
}

