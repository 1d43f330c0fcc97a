using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.TestPlugins.Probe;

/// <summary>An extension of the plugin; its options tell the test what the plugin sees.</summary>
public sealed class ProbeDriver(IConfiguration configuration, IEventBus bus) : IStoragePoolDriver, IDisposable
{
    private readonly IDisposable subscription = bus.Subscribe<QubesEvent>(_ => { });

    /// <inheritdoc/>
    public string Name { get; } = configuration["name"] ?? ProbeFacts.Version;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => [ProbeFacts.Version, ProbeFacts.Library];

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => subscription.Dispose();
}
