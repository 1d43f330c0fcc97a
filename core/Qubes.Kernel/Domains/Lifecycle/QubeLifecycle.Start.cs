using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Lifecycle;

internal sealed partial class QubeLifecycle
{
    public async Task StartAsync(CancellationToken cancel)
    {
        if (qube.Class == QubeClass.AdminVM)
            throw new QubeNotHaltedException("The host itself is always running");
        if (qube.Class == QubeClass.RemoteVM)
            throw new QubeNotHaltedException($"'{qube.Name}' is a qube of another host and counts as running");
        using var hold = await HoldStartAsync(cancel);
        if (PowerState is PowerState.Dying or PowerState.Crashed || (IsRemovedWhenStopped && !IsRunning))
            await stopped.Task.WaitAsync(cancel);
        if (!qube.Qubes.TryFind(qube.Name, out var registered) || registered != qube)
            throw new QubeNotFoundException($"No such domain: '{qube.Name}'");
        if (PowerState != PowerState.Halted)
            return;
        try
        {
            await StartHaltedAsync(cancel);
        }
        catch (Exception e)
        {
            await GiveUpStartAsync(e);
            throw;
        }
    }

    private async Task StartHaltedAsync(CancellationToken cancel)
    {
        var run = Guid.NewGuid();
        if (qube.Features.GetValueOrDefault("prohibit-start") is { Length: > 0 } reason)
            throw new QubesException($"'{qube.Name}' may not be started: {reason}");
        if (qube.Class == QubeClass.DispVM && !Declarations.ReferenceDeclarations.IsDisposableTemplate(qube.Template!))
            throw new QubesException($"'{qube.Template}' does not allow disposables any more: template_for_dispvms is not set on it");

        await context.Events.FireAsync(new QubeStarting(qube, run, qube.Properties.Get(QubeProperties.Memory)), cancel);
        if (qube.Properties.Get(QubeProperties.Netvm) is { } netvm)
            await netvm.StartAsync(cancel);
        var plan = MachinePlan.For(qube, ExpectsAgent, context) with { Hypervisor = context.Options.Hypervisor };
        if (await StartAsCopyAsync(run, plan, cancel) is { } spec)
            await BootAsync(run, spec, cancel);
        Log.Started(log, qube.Name, Machine?.Id ?? throw new QubeException($"'{qube.Name}' ended while it was starting"));
        await context.Events.FireAsync(new QubeStarted(qube, run), cancel);
    }

    private async Task BootAsync(Guid run, MachineSpec spec, CancellationToken cancel)
    {
        await using var memory = await StartMemory.ClaimAsync(qube, context.Extensions.All<IMemoryBroker>(), cancel);
        var volumes = await StartVolumesAsync(cancel);
        await context.Events.FireAsync(new QubeSpawning(qube, run), cancel);
        Attach(await MachinePlan.DriverFor(context).CreateAsync(spec with { Volumes = volumes }, cancel));
        FireMachineProperties();
        await context.Events.FireAsync(new QubeSpawned(qube, run), cancel);
        await memory.DisposeAsync(); // from here on the machine itself counts
        await context.Events.FireAsync(new QubeUnpausing(qube), cancel);
        await Machine!.BootAsync(cancel);
        await context.Events.FireAsync(new QubeUnpaused(qube), cancel);
        await ConnectAgentAsync(cancel);
    }

    /// <summary>Connects to the agent of a machine that is up, within <c>qrexec_timeout</c>.</summary>
    public async Task ConnectAgentAsync(CancellationToken cancel)
    {
        if (!ExpectsAgent)
            return;
        var seconds = qube.Properties.Get(QubeProperties.QrexecTimeout);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            foreach (var agents in Agents)
                await agents.ConnectAsync(qube, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new QubeException($"The agent of '{qube.Name}' did not answer within its qrexec_timeout of {seconds} s");
        }
    }

    private async Task<IReadOnlyList<VolumeAttachment>> StartVolumesAsync(CancellationToken cancel) =>
        await Task.WhenAll(qube.Volumes.Select(v => v.Pool.StartAsync(v, cancel)));

    // Whatever stage the start broke at: the machine ends, volumes are stopped, and a disposable nobody got is removed.
    private async Task GiveUpStartAsync(Exception error)
    {
        var reason = error is QubesException or OperationCanceledException ? error.Message : error.GetType().Name;
        Log.StartFailed(log, qube.Name, reason);
        await context.Events.FireAsync(new QubeStartFailed(qube, reason), CancellationToken.None);
        if (Machine is { } machine)
        {
            await machine.KillAsync(CancellationToken.None);
            await stopped.Task;
            return;
        }
        await StopVolumesAsync();
        await RemoveIfDisposableAsync();
    }

    private void FireMachineProperties()
    {
        foreach (var property in (string[])["xid", "stubdom_xid", "start_time"])
            context.Events.Fire(new PropertyReset(qube, property));
    }
}
