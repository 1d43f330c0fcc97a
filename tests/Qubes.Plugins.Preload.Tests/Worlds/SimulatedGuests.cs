using System.Collections.Concurrent;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>Agents of simulated machines: they answer as long as their machine runs, and its services end when the test says.</summary>
internal sealed class SimulatedGuests(SimulatedHypervisor hypervisor) : IGuestAgents, IGuestServices
{
    private readonly ConcurrentDictionary<int, bool> connected = new();

    /// <summary>Services called, as <c>QUBE/SERVICE</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What a service does; null: it ends well at once.</summary>
    public Func<IQube, string, CancellationToken, Task<GuestServiceResult>>? Serving { get; set; }

    /// <summary>A new daemon has no connections.</summary>
    public void Forget() => connected.Clear();

    public Task ConnectAsync(IQube qube, CancellationToken cancel)
    {
        if (qube.Machine is not { State: MachineState.Running } machine)
            throw new QubeException($"'{qube.Name}' does not run");
        connected[machine.Id] = true;
        return Task.CompletedTask;
    }

    public bool IsConnected(IQube qube) => qube.Machine is { } machine && connected.ContainsKey(machine.Id);

    /// <summary>Who was told the time, and which.</summary>
    public List<(string Qube, DateTimeOffset Time)> Clocks { get; } = [];

    public void SetClock(IQube qube, DateTimeOffset time) => Clocks.Add((qube.Name, time));

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel)
    {
        hypervisor.MachineOf(qube.Name).End(MachineState.Stopped);
        return Task.FromResult(true);
    }

    public async Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        Calls.Enqueue($"{qube.Name}/{service}");
        if (qube.PowerState != PowerState.Running)
            throw new QubeNotRunningException($"Domain is not running: '{qube.Name}'");
        return Serving is { } serving ? await serving(qube, service, cancel) : new GuestServiceResult(0, default);
    }
}
