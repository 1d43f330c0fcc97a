using Qubes.Policy.Knowledge;

namespace Qubes.Policy.Tests.Evaluation;

/// <summary>
/// A second evaluator, written apart from the first along the specification's sentences: no tokens, no index, no parser but Split.
/// Slow on purpose; rules are assumed to be well formed.
/// </summary>
internal sealed class NaiveEvaluator(string[] lines, List<SystemQube> qubes)
{
    public NaiveVerdict Decide(string source, string call, string asked, string relayedFor)
    {
        // section 4, step 1
        var target = asked == "" ? "@default" : asked;
        if (target is "*" or "@anyvm" || target.StartsWith("@tag:") || target.StartsWith("@type:") || target.StartsWith("@dispvm:@"))
            return new("deny", null, false);
        if (target[0] != '@' && Known(target) is null)
            target = "@default";
        if (Known(source) is not { } caller)
            return new("deny", null, false);
        if (target.StartsWith("@dispvm:") && Known(target[8..]) is not { IsTemplateForDispvms: true })
            return new("deny", null, true);
        // section 7
        var from = caller;
        if (relayedFor != "")
        {
            if (Known(relayedFor) is not { Type: "RemoteVM" } remote || remote.RelayVm is null || Known(remote.RelayVm)?.Name != caller.Name)
                return new("deny", null, true);
            from = remote;
        }
        var service = call.Contains('+') ? call[..call.IndexOf('+')] : call;
        var argument = call.Contains('+') ? call[call.IndexOf('+')..] : "+";

        for (var i = 0; i < lines.Length; i++)
        {
            var w = lines[i].Split(' ');
            if (!Concerns(w, service, argument, from) || !TakesTarget(w[3], target, from))
                continue;
            var p = w[5..].ToDictionary(x => x[..x.IndexOf('=')], x => x[(x.IndexOf('=') + 1)..]);
            var notify = p.GetValueOrDefault("notify", w[4] == "deny" ? "yes" : "no") == "yes";
            var autostart = p.GetValueOrDefault("autostart", "yes") == "yes";
            var redirect = p.GetValueOrDefault("target");
            var verdict = new NaiveVerdict(w[4], i + 1, notify)
            {
                Requested = target,
                Source = from.Name,
                User = p.GetValueOrDefault("user", "") is { Length: > 0 } user ? user : null,
                Autostart = autostart,
            };
            if (w[4] == "deny")
                return new("deny", i + 1, notify);
            if (w[4] == "allow")
            {
                if (Resolve(redirect ?? target, from) is not { } real)
                    return new("deny", i + 1, true);
                if (!autostart && !Up(real))
                    return new("deny", i + 1, notify);
                return verdict with { Target = real };
            }
            var offered = redirect is null ? Gather(service, argument, from)
                : Resolve(redirect, from) is { } only ? [IsHost(only) ? "dom0" : only] : [];
            if (!autostart)
                offered.RemoveAll(t => !Up(t));
            if (offered.Count == 0)
                return new("deny", i + 1, true);
            var wished = p.GetValueOrDefault("default_target");
            if (wished == "@dispvm")
                wished = from.DefaultDispvm is { } d ? "@dispvm:" + d : null;
            else if (wished is not null && IsHost(wished))
                wished = "dom0";
            return verdict with
            {
                Offered = [.. offered.Order(StringComparer.Ordinal)],
                Preselected = wished is not null && offered.Contains(wished) ? wished : null,
            };
        }
        return new("deny", null, true);
    }

    private static bool IsHost(string text) => text is "dom0" or "@adminvm" or "uuid:00000000-0000-0000-0000-000000000000";

    private SystemQube? Known(string text) => qubes.FirstOrDefault(q => q.Name == text || "uuid:" + q.Uuid == text);

    private bool Same(string a, string b) => a == b || (IsHost(a) && IsHost(b)) || (Known(a) is { } q && Known(b) == q);

    private bool Concerns(string[] w, string service, string argument, SystemQube from) =>
        (w[0] == "*" || w[0] == service) && (w[1] == "*" || w[1] == argument)
        && !w[2].StartsWith("@dispvm") && TakesQube(w[2], from.Name, from);

    // what rules say of qubes, wherever they stand
    private bool TakesQube(string rule, string text, SystemQube? qube)
    {
        if (rule == "*")
            return true;
        if (rule == "@anyvm")
            return !IsHost(text);
        if (rule.StartsWith("@tag:"))
            return text[0] != '@' && qube is not null && qube.Tags.Contains(rule[5..]);
        if (rule.StartsWith("@type:"))
            return text[0] != '@' && qube is not null && qube.Type == rule[6..];
        return Same(rule, text);
    }

    private bool TakesTarget(string rule, string target, SystemQube from)
    {
        if (rule.StartsWith("@dispvm:@tag:"))
        {
            var template = target == "@dispvm" ? from.DefaultDispvm : target.StartsWith("@dispvm:") ? target[8..] : null;
            return template is not null && Known(template) is { IsTemplateForDispvms: true } t && t.Tags.Contains(rule[13..]);
        }
        if (rule.StartsWith("@dispvm:"))
        {
            return target.StartsWith("@dispvm:") ? Same(rule[8..], target[8..])
                : target == "@dispvm" && from.DefaultDispvm is { } mine && "@dispvm:" + mine == rule;
        }
        if (rule is "@dispvm" or "@default")
            return rule == target;
        return TakesQube(rule, target, Known(target));
    }

    private string? Resolve(string target, SystemQube from)
    {
        if (target == "@default")
            return null;
        if (target == "@adminvm")
            return "dom0";
        if (target == "@dispvm")
            return from.DefaultDispvm is { } d && Known(d) is not null ? "@dispvm:" + d : null;
        if (target.StartsWith("@dispvm:"))
            return Known(target[8..]) is { IsTemplateForDispvms: true } ? target : null;
        return IsHost(target) || Known(target) is not null ? target : null;
    }

    private bool Up(string target) => IsHost(target) || Known(target) is { IsRunning: true };

    private List<string> Gather(string service, string argument, SystemQube from)
    {
        List<string> offered = [];
        foreach (var w in lines.Select(l => l.Split(' ')).Reverse().Where(w => Concerns(w, service, argument, from)))
        {
            var redirect = w.Skip(5).FirstOrDefault(x => x.StartsWith("target="))?[7..];
            var meant = StandsFor(w[4] == "deny" ? w[3] : redirect ?? w[3]).ToList();
            offered = w[4] == "deny" ? [.. offered.Except(meant)] : [.. offered.Union(meant)];
        }
        if (offered.Remove("@dispvm") && from.DefaultDispvm is { } template)
            offered = [.. offered.Append("@dispvm:" + template).Distinct()];
        offered.Remove(from.Name);
        return [.. offered.Where(t => Known(t.StartsWith("@dispvm:") ? t[8..] : t) is { IsInternal: false })];
    }

    private IEnumerable<string> StandsFor(string token)
    {
        if (IsHost(token))
            return ["dom0"];
        if (token[0] != '@' && token != "*")
            return Known(token) is { } q ? [q.Name] : [];
        if (token.StartsWith("@tag:"))
            return qubes.Where(q => q.Tags.Contains(token[5..])).Select(q => q.Name);
        if (token.StartsWith("@type:"))
            return qubes.Where(q => q.Type == token[6..]).Select(q => q.Name);
        if (token.StartsWith("@dispvm:@tag:"))
            return qubes.Where(q => q.IsTemplateForDispvms && q.Tags.Contains(token[13..])).Select(q => "@dispvm:" + q.Name);
        if (token.StartsWith("@dispvm:"))
            return Known(token[8..]) is { IsTemplateForDispvms: true } ? [token] : [];
        if (token == "@default")
            return [];
        if (token == "@dispvm")
            return [token];
        var all = qubes.Where(q => q.Name != "dom0").Select(q => q.Name)
            .Concat(qubes.Where(q => q.IsTemplateForDispvms).Select(q => "@dispvm:" + q.Name)).Append("@dispvm");
        return token == "*" ? all.Append("dom0") : all;
    }
}
