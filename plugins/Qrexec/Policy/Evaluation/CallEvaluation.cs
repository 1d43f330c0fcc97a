using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>The way from one call to the decision about it (spec: policy, section 4).</summary>
internal sealed class CallEvaluation(RuleIndex index, PolicyCall call, IPolicySystem system)
{
    public PolicyDecision Decide(IPolicyQube? caller)
    {
        if (RequestedTarget.TryResolve(call.Target, system) is not { } target)
            return new DeniedDecision(null, Notify: false, "no caller may ask for such a target");
        if (caller is null && !system.TryFind(call.Source, out caller))
            return new DeniedDecision(null, Notify: false, "the source is no qube that is known");
        if (target.Token.Kind == TokenKind.DispVmOf && target.Qube is not { IsTemplateForDispvms: true })
            return Deny(null, $"{target.Token.Value} is no template for disposables");
        if (Speaker(caller) is not { } source)
            return Deny(null, $"{caller.Name} is not the relay of such a remote qube");

        PolicyRule? rule = index.Matching(call, source).FirstOrDefault(r => TokenMatch.IsTarget(r.Target, target, source, system));
        return rule?.Action switch
        {
            null => Deny(null, "no rule matches"),
            AllowAction allow => Allow(rule, allow, source, target),
            AskAction ask => Ask(rule, ask, source, target),
            _ => new DeniedDecision(rule, rule.Action.Notify, "the rule says so"),
        };
    }

    private static DeniedDecision Deny(PolicyRule? rule, string reason) => new(rule, Notify: true, reason);

    // A relay's word for whom it speaks counts only if it is that remote qube's relay (spec: policy, section 7).
    private IPolicyQube? Speaker(IPolicyQube caller)
    {
        if (call.RelayedFor.Length == 0)
            return caller;
        return system.TryFind(call.RelayedFor, out IPolicyQube? remote) && RemoteQube.IsRemote(remote)
            && remote.RelayVm is { } relay && TokenMatch.Named(relay, caller)
            ? remote
            : null;
    }

    private PolicyDecision Allow(PolicyRule rule, AllowAction action, IPolicyQube source, RequestedTarget requested)
    {
        PolicyToken token = action.Redirect ?? requested.Token;
        if (DisposableTarget.Resolve(token, source, system, out string? problem) is not { } target)
            return Deny(rule, problem!);
        if (!action.Autostart && !TargetState.IsUp(target, system))
            return new DeniedDecision(rule, action.Notify, $"{target} does not run, and the rule does not let it be started");
        return new AllowedDecision(rule, action, source.Name, requested.Token.Text, target);
    }

    private PolicyDecision Ask(PolicyRule rule, AskAction action, IPolicyQube source, RequestedTarget requested)
    {
        SortedSet<string> offered = new(StringComparer.Ordinal);
        if (action.Redirect is { } only)
        {
            if (DisposableTarget.Resolve(only, source, system, out string? problem) is not { } target)
                return Deny(rule, problem!);
            offered.Add(PolicyWords.IsHost(target) ? PolicyWords.Host : target);
        }
        else
        {
            offered.UnionWith(OfferedTargets.Gather([.. index.Matching(call, source)], source, system));
        }
        if (!action.Autostart)
            offered.RemoveWhere(t => !TargetState.IsUp(t, system));
        if (offered.Count == 0)
            return Deny(rule, "there is no target to choose from");

        string? preselected = action.DefaultTarget switch
        {
            null => null,
            { Kind: TokenKind.DispVm } => source.DefaultDispvm is { } template ? PolicyWords.DispVmOf + template : null,
            { IsHost: true } => PolicyWords.Host,
            var other => other.Text,
        };
        bool isDropped = preselected is not null && !offered.Contains(preselected);
        return new AskedDecision(
            rule, action, source.Name, requested.Token.Text, [.. offered], isDropped ? null : preselected, isDropped);
    }
}
