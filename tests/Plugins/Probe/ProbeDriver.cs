using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.TestPlugins.Probe;

/// <summary>An extension of the plugin; its options tell the test what the plugin sees. It leaves its subscription behind.</summary>
public sealed class ProbeDriver : IStoragePoolDriver
{
    /// <summary>Subscribes.</summary>
    public ProbeDriver(IConfiguration configuration, IEventBus bus)
    {
        Name = configuration["name"] ?? ProbeFacts.Version;
        bus.Subscribe<QubesEvent>(_ => throw new InvalidOperationException("the handler fails always"));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => [ProbeFacts.Version, ProbeFacts.Library];

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel) =>
        throw new NotSupportedException();
}
