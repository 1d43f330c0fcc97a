using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>
/// How many preloads each template is to have. Between two times at which policies are asked, a target changes only with the
/// template's maximum or policy, so that what was started for it is not cut by the mere passing of time.
/// </summary>
internal sealed class PolicyTargets(
    PreloadSettings settings, PolicyChoice policies, LivingPreloads lives, DemandRecords demands, CopyCosts costs,
    TimeProvider time, ILogger<PolicyTargets> log)
{
    private readonly Dictionary<IQube, Answer> answers = [];

    /// <summary>Memory that preloads may still be given, as last read, bytes; null: not known.</summary>
    public long? AvailableBytes { get; set; }

    public static bool IsDrained(IQube template) => template.Features.GetValueOrDefault(PreloadFeatures.Drained) is { Length: > 0 };

    /// <summary>The wanted length of a template's queue, and why.</summary>
    public PreloadTarget Of(IQube template) => Closed(template, out var max) is { } none ? none
        : answers.TryGetValue(template, out var answer) && answer.Max == max && answer.Policy == policies.NameFor(template) ? answer.Target
        : Ask(template, max);

    /// <summary>Asks the template's policy anew.</summary>
    public PreloadTarget Reconsider(IQube template) => Closed(template, out var max) ?? Ask(template, max);

    /// <summary>What keeps the template's policy from being followed; null: nothing.</summary>
    public string? FaultOf(IQube template) => answers.GetValueOrDefault(template)?.Fault;

    public void Forget(IQube template) => answers.Remove(template);

    private PreloadTarget? Closed(IQube template, out int max)
    {
        max = settings.MaxOf(template);
        return max == 0 ? new(0, "nothing is to be preloaded") : IsDrained(template) ? new(0, "drained") : null;
    }

    private PreloadTarget Ask(IQube template, int max)
    {
        var name = policies.NameFor(template);
        var (target, fault) = Contained(name, template, max);
        if (fault is not null && fault != FaultOf(template))
            Log.PolicyFailed(log, template.Name, name, fault);
        answers[template] = new(max, name, target, fault);
        return target;
    }

    private (PreloadTarget Target, string? Fault) Contained(string name, IQube template, int max)
    {
        if (policies.Find(name) is not { } policy)
            return Instead(max, "no active plugin has it");
        PreloadTarget target;
        try
        {
            target = policy.TargetOf(ViewOf(template, max));
        }
        catch (Exception e)
        {
            // A policy is another plugin's code: whatever it throws costs nobody a disposable.
            return Instead(max, $"it failed: {e.Message}");
        }
        return target.Count < 0 || target.Count > max
            ? Instead(max, $"it wants {target.Count}, which is not within 0 to {max}")
            : (target, null);
    }

    private static (PreloadTarget, string) Instead(int max, string fault) => (new(max, "the maximum, as its policy fails"), fault);

    private PreloadView ViewOf(IQube template, int max)
    {
        var queued = lives.QueuedOf(template);
        var ready = queued.Count(p => p.Stage == PreloadStage.Paused);
        return new(
            template, max, ready, queued.Count - ready, time.GetLocalNow(), demands.Of(template).Seen,
            AvailableBytes is { } bytes ? Math.Max(0, bytes - settings.Threshold) : null, costs.Of(template));
    }

    private sealed record Answer(int Max, string Policy, PreloadTarget Target, string? Fault);
}
