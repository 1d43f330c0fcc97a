using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>All pools, as they stand.</summary>
internal sealed class Pools(
    IQubes qubes, PreloadSettings settings, PolicyTargets targets, LivingPreloads lives, CopyCosts costs, Breakers breakers, Shortfalls shortfalls)
{
    public PoolsSeen Read()
    {
        var templates = qubes.Where(q => settings.MaxOf(q) > 0 || PreloadQueue.Names(q).Count > 0).ToList();
        return new(templates, [.. templates.Select(NeedOf)]);
    }

    private PoolNeed NeedOf(IQube template)
    {
        var (wanted, held) = (targets.Of(template).Count, PreloadQueue.Names(template).Count);
        // Nothing is kept for those that cannot use it now.
        if (breakers.Of(template).State != BreakerState.Closed || shortfalls.IsBlocked(template))
            wanted = Math.Min(wanted, held);
        return new(
            template.Name, wanted, held, lives.QueuedOf(template).Count(p => p.Stage != PreloadStage.Paused), PreloadSettings.WeightOf(template),
            costs.Of(template));
    }
}
