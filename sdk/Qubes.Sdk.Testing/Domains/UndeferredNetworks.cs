using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>Nothing is ever deferred.</summary>
internal sealed class UndeferredNetworks : IDeferredNetworks
{
    public Task ApplyAsync(IQube qube, CancellationToken cancel) => Task.CompletedTask;
}
