using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

internal sealed partial class QubeLifecycle
{
    public async Task PauseAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        if (Machine is not { State: MachineState.Running } machine)
            throw new QubeNotRunningException($"Domain is not running: '{qube.Name}'");
        await context.Events.FireAsync(new QubePausing(qube), cancel);
        await machine.PauseAsync(cancel);
    }

    public async Task UnpauseAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        if (PowerState != PowerState.Paused || Machine is not { } machine)
            throw new QubeNotPausedException($"Domain is not paused: '{qube.Name}'");
        await context.Events.FireAsync(new QubeUnpausing(qube), cancel);
        await machine.ResumeAsync(cancel);
        // A machine that was adopted while paused has not been talked to yet.
        if (!IsFullyUsable)
            await ConnectAgentAsync(cancel);
        await context.Events.FireAsync(new QubeUnpaused(qube), cancel);
    }
}
