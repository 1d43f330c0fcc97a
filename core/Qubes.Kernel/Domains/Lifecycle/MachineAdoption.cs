using Microsoft.Extensions.Logging;
using Qubes.Kernel.Domains.Volumes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

/// <summary>
/// Joins the loaded qubes with the machines that an earlier daemon left running, and cleans up after those that ended
/// meanwhile (spec: domain model, section 8; storage, section 2.1, "daemon start").
/// </summary>
internal sealed class MachineAdoption(QubeRegistry qubes, KernelContext context)
{
    private readonly ILogger log = context.Logs.CreateLogger<MachineAdoption>();

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var pool in qubes.Storage.All)
            await OpenAsync(pool);
        foreach (var machine in await MachinePlan.DriverFor(context).AdoptAsync(cancel))
            await AdoptAsync(machine, cancel);
        foreach (var qube in qubes.Machines.Where(q => q.IsHalted).ToList())
        {
            await qube.Lifecycle.StopVolumesAsync();
            await qube.Lifecycle.RemoveIfDisposableAsync();
        }
    }

    // A pool that does not open keeps its own volumes from being used, and nothing else.
    private async Task OpenAsync(Pool pool)
    {
        try
        {
            await pool.OpenAsync();
        }
        catch (QubesException e)
        {
            Log.PoolNotOpened(log, pool.Configuration.Name, e.Message);
        }
    }

    private async Task AdoptAsync(IMachine machine, CancellationToken cancel)
    {
        if (qubes.FindByUuid(machine.QubeUuid) is not { IsHalted: true } qube)
        {
            Log.MachineUnknown(log, machine.Id, machine.QubeUuid);
            await machine.KillAsync(cancel);
            await machine.DisposeAsync();
            return;
        }
        if (qube.Lifecycle.IsEnding)
        {
            await machine.KillAsync(cancel);
            await machine.DisposeAsync();
            return;
        }
        qube.Lifecycle.Attach(machine);
        Log.Adopted(log, qube.Name, machine.Id);
        // A paused guest cannot answer; it is connected when it runs on.
        if (machine.State == MachineState.Paused)
            return;
        try
        {
            await qube.Lifecycle.ConnectAgentAsync(cancel);
        }
        catch (QubesException e)
        {
            Log.AgentSilent(log, qube.Name, e.Message);
        }
    }
}
