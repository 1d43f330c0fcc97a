using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

internal sealed partial class QubeLifecycle
{
    public async Task ShutdownAsync(bool force, bool wait, CancellationToken cancel)
    {
        RequireMachineQube();
        try
        {
            var machine = Machine ?? throw new QubeNotStartedException($"Domain is powered off: '{qube.Name}'");
            await context.Events.FireAsync(new QubeShuttingDown(qube, force), cancel);
            if (machine.State == MachineState.Paused && !force)
                throw new QubeNotRunningException($"Domain is paused: '{qube.Name}'; unpause it first, or use force");
            isEndAsked = true;
            if (machine.State == MachineState.Paused || !await RequestPowerOffAsync(cancel))
                await machine.KillAsync(cancel);
            await AfterRequestAsync(machine, wait, cancel);
        }
        catch (QubesException e)
        {
            await context.Events.FireAsync(new QubeShutdownFailed(qube, e.Message), CancellationToken.None);
            throw;
        }
    }

    public async Task KillAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        var machine = Machine ?? throw new QubeNotStartedException($"Domain is powered off: '{qube.Name}'");
        isEndAsked = true;
        var done = stopped.Task;
        await machine.KillAsync(cancel);
        await done.WaitAsync(cancel);
    }

    private async Task AfterRequestAsync(IMachine machine, bool wait, CancellationToken cancel)
    {
        var seconds = qube.Properties.Get(QubeProperties.ShutdownTimeout);
        var done = stopped.Task;
        if (!wait)
        {
            _ = PowerOffLateAsync(machine, done, seconds);
            return;
        }
        try
        {
            await done.WaitAsync(TimeSpan.FromSeconds(seconds), context.Time, cancel);
        }
        catch (TimeoutException)
        {
            throw new ShutdownTimeoutException(
                $"Domain shutdown timed out: '{qube.Name}' still runs after its shutdown_timeout of {seconds} s");
        }
    }

    // Nobody waits who could force the end; a guest that does not listen must not keep its memory for ever.
    private async Task PowerOffLateAsync(IMachine machine, Task done, int seconds)
    {
        try
        {
            await done.WaitAsync(TimeSpan.FromSeconds(seconds), context.Time);
        }
        catch (TimeoutException)
        {
            Log.PoweredOff(log, qube.Name, seconds);
            await machine.KillAsync(CancellationToken.None);
        }
    }

    private async Task<bool> RequestPowerOffAsync(CancellationToken cancel)
    {
        foreach (var agents in Agents)
        {
            if (await agents.RequestPowerOffAsync(qube, cancel))
                return true;
        }
        return false;
    }

    private async Task FollowAsync(IMachine machine)
    {
        var done = stopped;
        await machine.Ended;
        try
        {
            Machine = null;
            await StopVolumesAsync();
            Log.Stopped(log, qube.Name);
            await context.Events.FireAsync(new QubeStopped(qube), CancellationToken.None);
            FireMachineProperties();
            await context.Events.FireAsync(new QubeShutdown(qube), CancellationToken.None);
            await machine.DisposeAsync();
            await RemoveIfDisposableAsync();
        }
        catch (Exception e)
        {
            // Whoever waits must hear the end in any case; the next start begins by cleaning up.
            Log.StopFailed(log, qube.Name, e);
        }
        finally
        {
            done.TrySetResult();
        }
    }

    /// <summary>Commits or discards what a run left; safe when nothing ran.</summary>
    public async Task StopVolumesAsync()
    {
        foreach (var volume in qube.Volumes)
        {
            try
            {
                await volume.Pool.StopAsync(volume, CancellationToken.None);
            }
            catch (Exception e) when (e is QubesException or IOException or UnauthorizedAccessException)
            {
                Log.VolumeNotStopped(log, volume, e.Message);
            }
        }
    }

    /// <summary>Removes the qube if it is a disposable that does not outlive its run.</summary>
    public async Task RemoveIfDisposableAsync()
    {
        if (!IsRemovedWhenStopped)
            return;
        try
        {
            await qube.Qubes.RemoveStoppedAsync(qube);
        }
        catch (QubesException e)
        {
            Log.CleanupFailed(log, qube.Name, e.Message);
        }
    }
}
