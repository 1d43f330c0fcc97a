using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>What a question offers where its rule names no single target (spec: policy, section 5).</summary>
internal static class OfferedTargets
{
    /// <param name="rules">Those that match service, argument and source, in order.</param>
    /// <param name="source">Who calls; never offered.</param>
    /// <param name="system">The qubes there are.</param>
    public static HashSet<string> Gather(IReadOnlyList<PolicyRule> rules, IPolicyQube source, IPolicySystem system)
    {
        HashSet<string> targets = new(StringComparer.Ordinal);
        // From the last: what an earlier rule says outranks it.
        for (int i = rules.Count - 1; i >= 0; i--)
        {
            if (rules[i].Action is GrantingAction granting)
                targets.UnionWith(Expand(granting.Redirect ?? rules[i].Target, system));
            else
                targets.ExceptWith(Expand(rules[i].Target, system));
        }
        // The word becomes its meaning only now: rules are compared word by word.
        if (targets.Remove(PolicyWords.DispVm) && source.DefaultDispvm is { } template)
            targets.Add(PolicyWords.DispVmOf + template);
        targets.Remove(source.Name);
        targets.RemoveWhere(target => Behind(target, system) is not { IsInternal: false });
        return targets;
    }

    private static IEnumerable<string> Expand(PolicyToken token, IPolicySystem system) => token.Kind switch
    {
        TokenKind.AdminVm => [PolicyWords.Host],
        TokenKind.Qube when token.IsHost => [PolicyWords.Host],
        TokenKind.Qube => system.TryFind(token.Text, out IPolicyQube? qube) ? [qube.Name] : [],
        TokenKind.Any => Everything(system).Append(PolicyWords.Host),
        TokenKind.AnyVm => Everything(system),
        TokenKind.Tag => system.Qubes.Where(q => q.HasTag(token.Value)).Select(q => q.Name),
        TokenKind.Type => system.Qubes.Where(q => q.Type == token.Value).Select(q => q.Name),
        TokenKind.DispVm => [token.Text],
        TokenKind.DispVmOf =>
            system.TryFind(token.Value, out IPolicyQube? template) && template.IsTemplateForDispvms ? [token.Text] : [],
        TokenKind.DispVmOfTag => Templates(system).Where(q => q.HasTag(token.Value)).Select(q => PolicyWords.DispVmOf + q.Name),
        _ => [],
    };

    private static IEnumerable<string> Everything(IPolicySystem system) => system.Qubes
        .Where(q => !TokenMatch.IsHost(q)).Select(q => q.Name)
        .Concat(Templates(system).Select(q => PolicyWords.DispVmOf + q.Name))
        .Append(PolicyWords.DispVm);

    private static IEnumerable<IPolicyQube> Templates(IPolicySystem system) => system.Qubes.Where(q => q.IsTemplateForDispvms);

    private static IPolicyQube? Behind(string target, IPolicySystem system) =>
        system.TryFind(target.StartsAs(PolicyWords.DispVmOf) ? target[PolicyWords.DispVmOf.Length..] : target, out IPolicyQube? qube)
            ? qube
            : null;
}
