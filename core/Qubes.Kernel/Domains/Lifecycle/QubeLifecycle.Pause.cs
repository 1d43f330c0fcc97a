using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

internal sealed partial class QubeLifecycle
{
    // States are told by the machine one after the other, perhaps after the call that made them has ended.
    private bool wasPaused;
    private int ownResumes;

    public async Task PauseAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        if (Machine is not { State: MachineState.Running } machine)
            throw new QubeNotRunningException($"Domain is not running: '{qube.Name}'");
        await context.Events.FireAsync(new QubePausing(qube), cancel);
        // From here on it is not given up: whoever asked has to know which of the two it is, paused or not.
        await machine.PauseAsync(CancellationToken.None);
    }

    public async Task UnpauseAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        if (PowerState != PowerState.Paused || Machine is not { } machine)
            throw new QubeNotPausedException($"Domain is not paused: '{qube.Name}'");
        await context.Events.FireAsync(new QubeUnpausing(qube), cancel);
        if (machine.State != MachineState.Paused)
            throw new QubeNotPausedException($"Domain is not paused any more: '{qube.Name}'");
        ownResumes++;
        try
        {
            await machine.ResumeAsync(CancellationToken.None);
        }
        catch
        {
            ownResumes--;
            throw;
        }
        // A machine that was adopted while paused has not been talked to yet.
        if (!IsFullyUsable)
            await ConnectAgentAsync(cancel);
        TellTime();
        await context.Events.FireAsync(new QubeUnpaused(qube), cancel);
    }

    private void OnStateChanged(IMachine machine, MachineState state)
    {
        if (machine != Machine)
            return;
        if (state == MachineState.Paused)
        {
            wasPaused = true;
            context.Events.Fire(new QubePaused(qube));
        }
        else if (state == MachineState.Running && wasPaused)
        {
            wasPaused = false;
            if (ownResumes > 0)
                ownResumes--;
            else
                OnUnpausedByOthers();
        }
    }

    private void OnUnpausedByOthers()
    {
        TellTime();
        _ = context.Events.FireAsync(new QubeUnpaused(qube), CancellationToken.None);
    }

    // While it was paused its clock stood still.
    private void TellTime()
    {
        foreach (var agents in Agents)
            agents.SetClock(qube, context.Time.GetUtcNow());
    }
}
