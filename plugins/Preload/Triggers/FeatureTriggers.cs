using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Triggers;

/// <summary>Somebody wants more or fewer preloads (spec: preloaded disposables, section 6, triggers 1 to 5).</summary>
internal sealed class FeatureTriggers(PreloadSettings settings, PreloadQueue queue, Refiller refiller, Discarding discarding, Breakers breakers, IQubes qubes)
{
    private const string Reason = "the maximum was changed";

    public void OnSet(FeatureSet e)
    {
        queue.Announce(e);
        if (e.Feature != PreloadFeatures.Max)
            return;
        if (e.Qube.Class == QubeClass.AdminVM)
        {
            if (e.Value != e.OldValue)
                FillDefault();
        }
        else if (PreloadSettings.AllowsDisposables(e.Qube) && !settings.IsGlobalFor(e.Qube))
        {
            breakers.Of(e.Qube).Close();
            refiller.Schedule(e.Qube, Reason);
        }
    }

    public void OnDeleted(FeatureDeleted e)
    {
        if (e.Feature != PreloadFeatures.Max)
            return;
        if (e.Qube.Class == QubeClass.AdminVM)
            FillDefault();
        else if (!settings.IsGlobalFor(e.Qube))
            discarding.Trim(e.Qube, 0, new(DiscardKind.Excess, Reason));
    }

    private void FillDefault()
    {
        if (qubes.System.Get(SystemProperties.DefaultDispvm) is not { } template)
            return;
        breakers.Of(template).Close();
        refiller.Schedule(template, Reason);
    }
}
