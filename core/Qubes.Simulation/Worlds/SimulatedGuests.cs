using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Simulation.Worlds;

/// <summary>Agents of simulated machines: each answers from its machine's boot to its end, at once.</summary>
internal sealed class SimulatedGuests : IGuestAgents, IGuestServices
{
    private readonly HashSet<IMachine> connected = [];

    public Task ConnectAsync(IQube qube, CancellationToken cancel)
    {
        if (qube.Machine is not { State: MachineState.Running } machine)
            throw new QubeException($"'{qube.Name}' does not run");
        connected.RemoveWhere(m => m.State is MachineState.Stopped or MachineState.Crashed);
        connected.Add(machine);
        return Task.CompletedTask;
    }

    public bool IsConnected(IQube qube) => qube.Machine is { } machine && connected.Contains(machine);

    public void SetClock(IQube qube, DateTimeOffset time)
    {
        // Nobody there reads it.
    }

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel)
    {
        (qube.Machine as SimulatedMachine)?.End(MachineState.Stopped);
        return Task.FromResult(true);
    }

    public Task<GuestServiceResult> CallAsync(IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel) =>
        qube.PowerState == PowerState.Running
            ? Task.FromResult(new GuestServiceResult(0, default))
            : throw new QubeNotRunningException($"Domain is not running: '{qube.Name}'");
}
