using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>
/// How many preloads each template is to have. Between two times at which policies are asked, a target changes only with the
/// template's maximum or policy, so that what was started for it is not cut by the mere passing of time.
/// </summary>
internal sealed class PolicyTargets(PreloadSettings settings, PolicyChoice policies, PolicyViews views, ILogger<PolicyTargets> log)
{
    private readonly Dictionary<IQube, Answer> answers = [];

    public static bool IsDrained(IQube template) => template.Features.GetValueOrDefault(PreloadFeatures.Drained) is { Length: > 0 };

    /// <summary>The wanted length of a template's queue, and why.</summary>
    public PreloadTarget Of(IQube template) => Closed(template, out var max) is { } none ? none
        : answers.TryGetValue(template, out var answer) && answer.Max == max && answer.Policy == policies.NameFor(template) ? answer.Target
        : Ask(template, max);

    /// <summary>Asks the template's policy anew.</summary>
    public PreloadTarget Reconsider(IQube template) => Closed(template, out var max) ?? Ask(template, max);

    /// <summary>What keeps the template's policy from being followed; null: nothing.</summary>
    public string? FaultOf(IQube template) => answers.GetValueOrDefault(template)?.Target.Fault;

    public void Forget(IQube template) => answers.Remove(template);

    private PreloadTarget? Closed(IQube template, out int max)
    {
        max = settings.MaxOf(template);
        return max == 0 ? new(0, "nothing is to be preloaded") : IsDrained(template) ? new(0, "drained") : null;
    }

    /// <summary>A policy has decided by itself; true: what the template wants has changed.</summary>
    public bool Take(IQube template, string policy, PreloadTarget decided)
    {
        if (Closed(template, out var max) is not null || policies.NameFor(template) != policy)
            return false;
        var before = Of(template);
        return Keep(template, max, policy, Checked(decided, template, policy, max)) != before;
    }

    private PreloadTarget Ask(IQube template, int max)
    {
        var name = policies.NameFor(template);
        return Keep(template, max, name, Contained(name, template, max));
    }

    private PreloadTarget Keep(IQube template, int max, string policy, PreloadTarget target)
    {
        if (target.Fault is { } fault && fault != FaultOf(template))
            Log.PolicyFailed(log, template.Name, policy, fault);
        answers[template] = new(max, policy, target);
        return target;
    }

    private PreloadTarget Contained(string name, IQube template, int max)
    {
        if (policies.Find(name) is not { } policy)
            return Maximum(max, "no active plugin or script has it");
        try
        {
            return Checked(policy.TargetOf(views.Of(template, max)), template, name, max);
        }
        catch (Exception e)
        {
            // A policy is another plugin's code: whatever it throws costs nobody a disposable.
            return Held(template, name, max, $"it failed: {e.Message}");
        }
    }

    private PreloadTarget Checked(PreloadTarget target, IQube template, string policy, int max) => target.Count < 0 || target.Count > max
        ? Held(template, policy, max, $"it wants {target.Count}, which is not within 0 to {max}")
        : target;

    // The last good decision; before there was one, the maximum, as if there were no policy.
    private PreloadTarget Held(IQube template, string policy, int max, string fault) =>
        answers.TryGetValue(template, out var last) && last.Policy == policy && last.IsDecision
            ? last.Target with { Count = Math.Min(last.Target.Count, max), Fault = fault }
            : Maximum(max, fault);

    private static PreloadTarget Maximum(int max, string fault) => new(max, Answer.NoDecision) { Fault = fault };

    private sealed record Answer(int Max, string Policy, PreloadTarget Target)
    {
        public const string NoDecision = "the maximum, as its policy fails";

        public bool IsDecision => Target.Reason != NoDecision;
    }
}
