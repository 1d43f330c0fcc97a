using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>Agents that answer as long as the test lets them.</summary>
internal sealed class FakeGuests : IGuestAgents, IGuestServices
{
    private readonly HashSet<IQube> connected = [];

    /// <summary>What was asked of guests, as <c>QUBE WHAT</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called when a copy is to take an identity; throw to have it refuse.</summary>
    public Action<IQube>? Identifying { get; set; }

    /// <summary>Called when a copy that is nobody's rehearses.</summary>
    public Func<CancellationToken, Task>? Rehearsing { get; set; }

    /// <summary>Called when a guest is sealed.</summary>
    public Func<IQube, CancellationToken, Task>? Sealing { get; set; }

    /// <summary>What a service does; null: it ends well at once.</summary>
    public Func<string, CancellationToken, Task<GuestServiceResult>>? Serving { get; set; }

    public Task ConnectAsync(IQube qube, CancellationToken cancel)
    {
        connected.Add(qube);
        return Task.CompletedTask;
    }

    public Task ConnectCloneAsync(IQube qube, GuestIdentity identity, CancellationToken cancel)
    {
        Calls.Add($"{qube.Name} identity {identity.Name}");
        Identifying?.Invoke(qube);
        connected.Add(qube);
        return Task.CompletedTask;
    }

    public Task RehearseAsync(Sdk.Hypervisors.IMachine machine, string user, CancellationToken cancel)
    {
        Calls.Add($"- rehearse {user}");
        return Rehearsing is { } rehearsing ? rehearsing(cancel) : Task.CompletedTask;
    }

    public async Task SealAsync(IQube qube, CancellationToken cancel)
    {
        if (!connected.Contains(qube))
            throw new QubeException("its agent is not connected");
        Calls.Add($"{qube.Name} seal");
        if (Sealing is { } sealing)
            await sealing(qube, cancel);
        connected.Remove(qube);
    }

    public bool IsConnected(IQube qube) => connected.Contains(qube);

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel) => Task.FromResult(false);

    public void SetClock(IQube qube, DateTimeOffset time) { }

    public async Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        Calls.Add($"{qube.Name} {service}");
        return Serving is { } serving ? await serving(service, cancel) : new GuestServiceResult(0, default);
    }
}
