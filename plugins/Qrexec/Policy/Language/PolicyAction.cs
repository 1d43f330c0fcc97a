namespace Qubes.Policy.Language;

/// <summary>What a rule does with a call (spec: policy, section 3).</summary>
/// <param name="Notify">Tell the user what happened.</param>
public abstract record PolicyAction(bool Notify);

/// <summary><c>deny</c>.</summary>
public sealed record DenyAction(bool Notify) : PolicyAction(Notify);

/// <summary>What <c>allow</c> and <c>ask</c> share.</summary>
/// <param name="Redirect"><c>target=</c>: where the call goes instead; null for where it was aimed.</param>
/// <param name="User">The user the service runs as; null for the target's default user.</param>
/// <param name="Autostart">Whether a target that does not run may be started.</param>
/// <param name="Notify">Tell the user what happened.</param>
public abstract record GrantingAction(PolicyToken? Redirect, string? User, bool Autostart, bool Notify) : PolicyAction(Notify);

/// <summary><c>allow</c>.</summary>
public sealed record AllowAction(PolicyToken? Redirect, string? User, bool Autostart, bool Notify)
    : GrantingAction(Redirect, User, Autostart, Notify);

/// <summary><c>ask</c>.</summary>
/// <param name="Redirect">The only target offered.</param>
/// <param name="DefaultTarget">What is preselected, if it is offered.</param>
/// <param name="User">The user the service runs as.</param>
/// <param name="Autostart">Whether a target that does not run may be started.</param>
/// <param name="Notify">Tell the user what happened.</param>
public sealed record AskAction(PolicyToken? Redirect, PolicyToken? DefaultTarget, string? User, bool Autostart, bool Notify)
    : GrantingAction(Redirect, User, Autostart, Notify);
