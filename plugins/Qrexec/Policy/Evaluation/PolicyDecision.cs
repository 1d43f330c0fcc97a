using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>What the policy says of a call, before any question is put and before the last checks (spec: policy, section 4).</summary>
/// <param name="Rule">The rule that matched; null if none did, or none was looked for.</param>
/// <param name="Notify">Whether the user is to be told of this outcome.</param>
public abstract record PolicyDecision(PolicyRule? Rule, bool Notify);

/// <summary>Refused.</summary>
/// <param name="Rule">The rule that matched, if any.</param>
/// <param name="Notify">Whether the user is to be told.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record DeniedDecision(PolicyRule? Rule, bool Notify, string Reason) : PolicyDecision(Rule, Notify);

/// <summary>What a decision that may let the call through knows.</summary>
/// <param name="Rule">The rule that matched.</param>
/// <param name="Action">What it says.</param>
/// <param name="Source">The qube that counted as source: that which calls, or the remote one it speaks for.</param>
/// <param name="RequestedTarget">After the first step: <c>@default</c> for an unknown one.</param>
public abstract record GrantingDecision(PolicyRule Rule, GrantingAction Action, string Source, string RequestedTarget)
    : PolicyDecision(Rule, Action.Notify)
{
    /// <summary>The rule that matched.</summary>
    public new PolicyRule Rule { get; } = Rule;
}

/// <summary>Allowed, unless the last checks say otherwise.</summary>
/// <param name="Rule">The rule that matched.</param>
/// <param name="Action">What it says.</param>
/// <param name="Source">The qube that counted as source.</param>
/// <param name="RequestedTarget">After the first step.</param>
/// <param name="Target"><c>dom0</c>, a qube by name or uuid, or <c>@dispvm:TEMPLATE</c>.</param>
public sealed record AllowedDecision(PolicyRule Rule, GrantingAction Action, string Source, string RequestedTarget, string Target)
    : GrantingDecision(Rule, Action, Source, RequestedTarget);

/// <summary>The user is to be asked.</summary>
/// <param name="Rule">The rule that matched.</param>
/// <param name="Action">What it says.</param>
/// <param name="Source">The qube that counted as source.</param>
/// <param name="RequestedTarget">After the first step.</param>
/// <param name="Targets">What is offered, in ordinal order; at least one.</param>
/// <param name="DefaultTarget">Preselected, one of them; null for none.</param>
/// <param name="IsDefaultDropped">The rule names a default that is not offered.</param>
public sealed record AskedDecision(
    PolicyRule Rule, GrantingAction Action, string Source, string RequestedTarget,
    IReadOnlyList<string> Targets, string? DefaultTarget, bool IsDefaultDropped)
    : GrantingDecision(Rule, Action, Source, RequestedTarget);
