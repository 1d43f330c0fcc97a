using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>What follows when a preload is taken into use, requested or not (spec: preloaded disposables, T7 and T8).</summary>
internal sealed class Handover(LivingPreloads lives, PreloadRecords records, Refiller refiller, ILogger<Handover> log)
{
    /// <exception cref="QubesException">It cannot be given its template's present settings: nobody may have it.</exception>
    public void Use(PreloadLife preload)
    {
        if (preload.Stage == PreloadStage.Requested)
        {
            CosmeticSettings.Follow(preload);
            Log.HandedOut(log, preload.Qube.Name);
        }
        else
        {
            Log.UsedUnasked(log, preload.Qube.Name);
        }
        records.Used(preload);
        preload.BecomeUsed();
        lives.Remove(preload);
        refiller.Replace(preload.Template, preload.Qube);
    }
}
