using System.Collections.Concurrent;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>
/// A pool driver that keeps books instead of bytes: which volumes exist, which are started, and what was committed. Outdated,
/// dirty, revisions and sizes follow the rules of the spec's storage model.
/// </summary>
/// <param name="name">
/// The driver's name; <c>file</c>, <c>file-reflink</c> or <c>linux-kernel</c> make it stand in for the real one, with its options.
/// </param>
/// <param name="time">Gives revisions their times; null: the system's.</param>
public sealed class SimulatedPoolDriver(string name = "file", TimeProvider? time = null) : IStoragePoolDriver
{
    private readonly ConcurrentDictionary<string, SimulatedPool> pools = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = name switch
    {
        "linux-kernel" => ["dir_path"],
        "file-reflink" => ["revisions_to_keep", "dir_path", "setup_check", "ephemeral_volatile"],
        _ => ["revisions_to_keep", "dir_path", "ephemeral_volatile"],
    };

    /// <summary>Opened pools by name.</summary>
    public IReadOnlyDictionary<string, SimulatedPool> Pools => pools;

    /// <inheritdoc/>
    /// <exception cref="StorageException">An option is unknown or malformed.</exception>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        if (configuration.Options.Keys.FirstOrDefault(option => !Options.Contains(option)) is { } unknown)
            throw new StorageException($"Pool {configuration.Name}: there is no option '{unknown}', only {string.Join(", ", Options)}");
        _ = (configuration.RevisionsToKeep, configuration.EphemeralVolatile, configuration.Flag("setup_check", otherwise: true));
        return Task.FromResult<IStoragePool>(
            pools.GetOrAdd(configuration.Name, _ => new SimulatedPool(configuration, time ?? TimeProvider.System)));
    }
}
