using Qubes.Policy.Evaluation;

namespace Qubes.Policy.Answers;

/// <summary>From a decision, and the user's answer where there was a question, to the reply (spec: policy, sections 4 to 7).</summary>
public static class Settlement
{
    private const string Refusal = "deny";
    private const string Consent = "allow:";

    /// <param name="decision">What the policy says.</param>
    /// <param name="call">The call it is about.</param>
    /// <param name="system">The qubes there are now, which may be others than before the question.</param>
    /// <param name="answer">What came back from whoever was asked; null if nobody could be.</param>
    /// <param name="modes">How the call is evaluated.</param>
    public static PolicyOutcome Settle(
        PolicyDecision decision, PolicyCall call, IPolicySystem system, string? answer = null, PolicyModes modes = PolicyModes.None)
    {
        PolicyOutcome outcome = decision switch
        {
            AllowedDecision allowed => Grant(allowed, allowed.Target, call, system, modes),
            AskedDecision asked => Answer(asked, call, system, answer, modes),
            DeniedDecision denied => Refuse(call, system, denied.Notify, denied.Reason),
            _ => throw new ArgumentException("no such kind of decision", nameof(decision)),
        };
        return modes.HasFlag(PolicyModes.JustEvaluate) ? outcome with { Notifications = [] } : outcome;
    }

    private static PolicyOutcome Answer(AskedDecision asked, PolicyCall call, IPolicySystem system, string? answer, PolicyModes modes)
    {
        if (modes.HasFlag(PolicyModes.AssumeYes))
        {
            return asked.Targets.Contains(asked.RequestedTarget, StringComparer.Ordinal)
                ? Grant(asked, asked.RequestedTarget, call, system, modes)
                : Refuse(call, system, asked.Notify, "the requested target is none that would be offered");
        }
        if (modes.HasFlag(PolicyModes.JustEvaluate))
            return PolicyOutcome.Quiet("the user would have to be asked");
        if (answer is null)
            return Refuse(call, system, asked.Notify, "nobody could be asked");
        if (answer == Refusal)
            return Refuse(call, system, asked.Notify, "the user refused");
        return answer.StartsAs(Consent) && asked.Targets.Contains(answer[Consent.Length..], StringComparer.Ordinal)
            ? Grant(asked, answer[Consent.Length..], call, system, modes)
            : Refuse(call, system, notify: true, "the answer is none of those that were offered");
    }

    private static PolicyOutcome Grant(GrantingDecision decision, string target, PolicyCall call, IPolicySystem system, PolicyModes modes)
    {
        bool isDisposable = target.StartsAs(PolicyWords.DispVmOf);
        string name = isDisposable ? target[PolicyWords.DispVmOf.Length..] : target;
        IPolicyQube? qube = null;
        // The host is there whether it is listed or not; of the others, one may have gone while the user was asked.
        if (!PolicyWords.IsHost(target) && !system.TryFind(name, out qube))
            return Refuse(call, system, notify: true, $"there is no qube {name}");
        GrantedCall granted = new(target, decision.RequestedTarget, decision.Action.Autostart)
        {
            User = decision.Action.User,
            TargetName = qube is null ? PolicyWords.Host : (isDisposable ? PolicyWords.DispVmOf : "") + qube.Name,
            PolicySource = call.RelayedFor.Length > 0 && qube is not null ? decision.Source : null,
        };
        if (!modes.HasFlag(PolicyModes.JustEvaluate))
        {
            if (granted.TargetName == decision.Source)
                return Refuse(call, system, notify: true, "a qube cannot call itself");
            if (qube is null)
                granted = granted with { Target = PolicyWords.Host };
            else if (!isDisposable && RemoteQube.IsRemote(qube))
                return Relay(decision, granted, qube, call, system);
            else
                granted = granted with { TargetUuid = $"{(isDisposable ? PolicyWords.DispVmOf : "")}{PolicyWords.Uuid}{qube.Uuid}" };
        }
        return Grant(decision, granted, target, system);
    }

    private static PolicyOutcome Relay(
        GrantingDecision decision, GrantedCall granted, IPolicyQube remote, PolicyCall call, IPolicySystem system)
    {
        if (remote.TransportRpc is not { Length: > 0 } transport || remote.RelayVm is not { } name || !system.TryFind(name, out IPolicyQube? relay))
            return Refuse(call, system, notify: true, $"the remote qube {remote.Name} has no relay or no transport");
        return Grant(decision, granted with
        {
            User = null,
            Target = relay.Name,
            TargetName = relay.Name,
            TargetUuid = PolicyWords.Uuid + relay.Uuid,
            Service = $"{transport}+{decision.RequestedTarget}+{call.Service}{call.Argument}",
        }, granted.Target, system);
    }

    private static PolicyOutcome Grant(GrantingDecision decision, GrantedCall granted, string target, IPolicySystem system) =>
        new(granted, "", Tell(decision.Notify, decision.Source, isAllowed: true, target, system));

    private static PolicyOutcome Refuse(PolicyCall call, IPolicySystem system, bool notify, string reason) =>
        new(null, reason, Tell(notify, call.Source, isAllowed: false, call.Target, system));

    private static PolicyNotification[] Tell(bool notify, string source, bool isAllowed, string target, IPolicySystem system) =>
        notify && system.TryFind(source, out IPolicyQube? qube) && qube.GuiVm is { } gui ? [new(gui, isAllowed, source, target)] : [];
}
