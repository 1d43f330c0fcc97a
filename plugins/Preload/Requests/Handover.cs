using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>What follows when a preload is taken into use, requested or not (spec: preloaded disposables, T7 and T8).</summary>
internal sealed class Handover(
    LivingPreloads lives, PreloadRecords records, Refiller refiller, IDeferredNetworks networks, ShrinkBeforePause memory,
    BackgroundWork background, ILogger<Handover> log)
{
    /// <summary>Makes it an ordinary disposable: in this turn, unless its network has something to make up for.</summary>
    /// <exception cref="TimeoutException">The guest had no network in time, and nobody gets the disposable.</exception>
    /// <exception cref="QubesException">Its network could not be changed, or it could not be given its template's present settings.</exception>
    public Task UseAsync(PreloadLife preload)
    {
        preload.BeginUse();
        memory.Release(preload);
        preload.Use = ConnectAsync(preload);
        background.Track(preload.Use);
        return preload.Use;
    }

    private async Task ConnectAsync(PreloadLife preload)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(preload.WhenDiscarded, background.Stopping);
        try
        {
            await networks.ApplyAsync(preload.Qube, stop.Token);
        }
        catch (Exception e) when (preload.IsUnasked && e is QubesException or TimeoutException)
        {
            // Whoever let it run has it.
            Log.NotConnected(log, preload.Qube.Name, e.Message);
        }
        if (preload.Stage != PreloadStage.Connecting)
            return;
        if (preload.IsUnasked)
        {
            Log.UsedUnasked(log, preload.Qube.Name);
        }
        else
        {
            CosmeticSettings.Follow(preload);
            Log.HandedOut(log, preload.Qube.Name);
        }
        records.Used(preload);
        preload.BecomeUsed();
        lives.Remove(preload);
        refiller.Replace(preload.Template, preload.Qube);
    }
}
