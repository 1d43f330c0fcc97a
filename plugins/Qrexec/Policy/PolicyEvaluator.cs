namespace Qubes.Plugins.Qrexec.Policy;

/// <summary>Finds the rule that decides; none means denied (spec: policy, section 4).</summary>
internal static class PolicyEvaluator
{
    private const string Default = "@default";

    /// <param name="rules">In order; the first that matches decides.</param>
    /// <param name="source">The calling qube.</param>
    /// <param name="requested">The target as asked for.</param>
    /// <param name="target">The qube of that name, if there is one.</param>
    /// <param name="call">Service with argument.</param>
    public static PolicyRule? FirstMatch(
        IEnumerable<PolicyRule> rules, PolicyQube source, string requested, PolicyQube? target, string call)
    {
        int plus = call.IndexOf('+', StringComparison.Ordinal);
        string service = plus < 0 ? call : call[..plus];
        string argument = plus < 0 ? "+" : call[plus..];
        // An empty target and the name of no qube both mean that none was chosen.
        if (target is null && !requested.StartsWith('@'))
            requested = Default;
        return rules.FirstOrDefault(r =>
            (r.Service == "*" || r.Service == service) && (r.Argument == "*" || r.Argument == argument)
            && Matches(r.Source, source.Name, source) && Matches(r.Target, requested, target));
    }

    private static bool Matches(string token, string written, PolicyQube? qube) => token switch
    {
        "*" => true,
        "@anyvm" => !IsHost(written, qube),
        "@adminvm" or "dom0" => IsHost(written, qube),
        _ when token.StartsWith("@tag:", StringComparison.Ordinal) => qube is not null && qube.Tags.Contains(token["@tag:".Length..]),
        _ when token.StartsWith("@type:", StringComparison.Ordinal) => qube?.Class == token["@type:".Length..],
        _ => token == written || token == qube?.Name,
    };

    private static bool IsHost(string written, PolicyQube? qube) => written == "@adminvm" || qube is { IsHost: true };
}
