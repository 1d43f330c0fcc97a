using Qubes.Policy.Evaluation;
using Qubes.Policy.Language;

namespace Qubes.Policy;

/// <summary>A policy in which there is no mistake. Immutable; may be used from any thread.</summary>
public sealed class LoadedPolicy
{
    private readonly RuleIndex index;

    internal LoadedPolicy(IReadOnlyList<PolicyRule> rules)
    {
        Rules = rules;
        index = new(rules);
    }

    /// <summary>All rules in order.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; }

    /// <summary>Decides about a call: no question is put, nobody is told, the last checks are not made (spec: policy, section 4).</summary>
    public PolicyDecision Decide(PolicyCall call, IPolicySystem system) => Decide(call, system, caller: null);

    /// <summary>As the other overload, for a source that need not be among the qubes there are.</summary>
    /// <param name="call">Its source is the name of <paramref name="caller"/>.</param>
    /// <param name="system">The qubes there are.</param>
    /// <param name="caller">Who calls; null: the qube of that name.</param>
    public PolicyDecision Decide(PolicyCall call, IPolicySystem system, IPolicyQube? caller) =>
        new CallEvaluation(index, call, system).Decide(caller);
}
