using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>Agents that are there, and do not do what they are asked.</summary>
internal sealed class SilentAgents : IGuestAgents
{
    public Task ConnectAsync(IQube qube, CancellationToken cancel) => Task.CompletedTask;

    public bool IsConnected(IQube qube) => true;

    public void SetClock(IQube qube, DateTimeOffset time)
    {
    }

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel) => Task.FromResult(true);
}
