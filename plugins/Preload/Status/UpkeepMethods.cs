using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Status;

/// <summary>
/// What an administrator does to a template's preloads. <c>admin.preload.Drain</c>: ends all and keeps none until
/// <c>admin.preload.Drain+undo</c>; answers when they are gone. <c>admin.preload.Refresh</c>: replaces all, with <c>+outdated</c>
/// those that are outdated, and tries again what failed; answers at once with how many it replaces. What somebody has requested
/// is left alone.
/// </summary>
internal sealed class UpkeepMethods(
    LivingPreloads lives, PreloadQueue queue, Discarding discarding, Refreshing refreshing, Refiller refiller) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod("admin.preload.Drain", AdminDestination.Qube, Presence.Optional, Presence.Forbidden, DrainAsync),
        new AnsweringMethod("admin.preload.Refresh", AdminDestination.Qube, Presence.Optional, Presence.Forbidden, Refresh),
    ];

    private async ValueTask<AdminAnswer> DrainAsync(AdminCall call, CancellationToken cancel)
    {
        var template = StatusMethods.Template(call);
        if (!HasArgument(call, "undo"))
        {
            // First, so that nothing is started any more.
            template.Features.Set(PreloadFeatures.Drained, PreloadFeatures.True);
            await discarding.EndAsync([.. lives.QueuedOf(template)], new(DiscardKind.Drained, "its template is drained"), cancel);
        }
        else if (PolicyTargets.IsDrained(template))
        {
            template.Features.Remove(PreloadFeatures.Drained);
        }
        return AdminAnswer.Empty;
    }

    private ValueTask<AdminAnswer> Refresh(AdminCall call, CancellationToken cancel)
    {
        var template = StatusMethods.Template(call);
        var onlyOutdated = HasArgument(call, "outdated");
        var replaced = lives.QueuedOf(template).Where(p => !onlyOutdated || OutdatedTest.ClassOf(p) != FreshnessClass.Fresh).ToList();
        foreach (var preload in replaced)
            preload.IsUnwanted = true;
        refreshing.Refresh(template, "an administrator refreshes them", refillAfter: default);
        if (replaced.Count == 0 && queue.VacancyOf(template) > 0)
            refiller.Schedule(template, "an administrator refreshes them");
        return new($"{replaced.Count}");
    }

    private static bool HasArgument(AdminCall call, string known) => call.Argument.Length > 0 && (call.Argument == known
        ? true
        : throw new InvalidValueException($"The argument of {call.Method} is '{known}' or nothing, not '{call.Argument}'"));
}
