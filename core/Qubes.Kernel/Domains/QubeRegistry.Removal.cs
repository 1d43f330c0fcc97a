using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains;

internal sealed partial class QubeRegistry
{
    // System properties that fall back to their default when the qube they name goes (spec: domain model, section 3.3).
    private static readonly string[] ResetOnRemoval = ["default_guivm", "default_netvm", "clockvm", "updatevm", "default_template"];

    public async Task RemoveAsync(IQube qube, CancellationToken cancel)
    {
        if (qube is not Qube { Class: not QubeClass.AdminVM } removed)
            throw new QubeInUseException("The host's own entry 'dom0' cannot be removed");
        using (await removed.Lifecycle.HoldStartAsync(cancel))
        {
            if (byName.GetValueOrDefault(removed.Name) != removed)
                throw new QubeNotFoundException($"No such domain: '{removed.Name}'");
            if (!removed.IsHalted && removed.Class != QubeClass.RemoteVM)
                throw new QubeNotHaltedException($"Domain is not powered off: '{removed.Name}'");
            QubeReferences.RequireUnused(removed, this);
            // Callers were told that these are gone.
            foreach (var ending in Machines.Where(q => q.Template == removed && q.Lifecycle.IsEnding).ToList())
                await ending.Lifecycle.Stopped.WaitAsync(cancel);
            await context.Events.FireAsync(new QubeRemoving(removed), cancel);
            // What was spared above has gone by now; nothing may be left whose template is missing when the state is loaded.
            QubeReferences.RequireNoneBasedOn(removed, this);
            await DiscardAsync(removed);
        }
    }

    /// <summary>Removes a disposable whose run has ended; a start that waits finds it gone.</summary>
    public async Task RemoveStoppedAsync(Qube disposable)
    {
        if (byName.GetValueOrDefault(disposable.Name) != disposable)
            return;
        await context.Events.FireAsync(new QubeRemoving(disposable), CancellationToken.None);
        // First what is on disk: as long as the state has the qube, a restarted daemon knows what is left to do.
        await RemoveVolumesAsync(disposable);
        await ForgetAsync(disposable);
    }

    /// <summary>Takes a qube out of every place, whatever state its creation or last run left it in.</summary>
    private async Task DiscardAsync(Qube qube)
    {
        if (await ForgetAsync(qube))
            await RemoveVolumesAsync(qube);
    }

    private async Task<bool> ForgetAsync(Qube qube)
    {
        if (!byName.Remove(qube.Name))
            return false;
        byUuid.Remove(qube.Uuid);
        qids.Remove(qube.Qid);
        context.State.DeleteQube(qube.Qid);
        if (qube.Class == QubeClass.DispVM)
            numbers.ReleaseDispid(qube.Dispid);
        context.Events.Fire(new QubeRemoved(qube));
        foreach (var property in ResetOnRemoval.Where(p => System.Explicit.GetValueOrDefault(p) == qube))
            System.Reset(property);
        await context.Events.FireAsync(new QubeRemovedFromDisk(qube), CancellationToken.None);
        return true;
    }

    private async Task RemoveVolumesAsync(Qube qube)
    {
        foreach (var volume in qube.Volumes)
        {
            try
            {
                await volume.Pool.RemoveAsync(volume, CancellationToken.None);
            }
            catch (Exception e) when (e is QubesException or IOException or UnauthorizedAccessException)
            {
                // The qube is gone either way; what is left on disk is for the operator.
                Log.VolumeNotRemoved(context.Logs.CreateLogger<QubeRegistry>(), volume, e.Message);
            }
        }
    }
}
