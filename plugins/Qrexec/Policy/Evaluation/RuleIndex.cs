using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>
/// Finds the rules that can concern a call without looking at those of other services or with another argument, nor at those of
/// other sources where the source is given by name.
/// </summary>
internal sealed class RuleIndex
{
    private readonly IReadOnlyList<PolicyRule> rules;
    private readonly Dictionary<string, ServiceRules> byService = new(StringComparer.Ordinal);

    public RuleIndex(IReadOnlyList<PolicyRule> rules)
    {
        this.rules = rules;
        for (int i = 0; i < rules.Count; i++)
        {
            if (!byService.TryGetValue(rules[i].Service, out ServiceRules? of))
                byService.Add(rules[i].Service, of = new());
            of.Add(rules[i].Source, rules[i].Argument, i);
        }
    }

    /// <summary>The rules that match service, argument and source, in order.</summary>
    public IEnumerable<PolicyRule> Matching(PolicyCall call, IPolicyQube source)
    {
        List<List<int>> lists = [];
        Collect(call.Service);
        if (call.Service != PolicyWords.Any)
            Collect(PolicyWords.Any);
        int[] at = new int[lists.Count];
        while (true)
        {
            // A handful of lists at most, each in order: the least of their heads is next.
            int next = -1;
            for (int i = 0; i < at.Length; i++)
            {
                if (at[i] < lists[i].Count && (next < 0 || lists[i][at[i]] < lists[next][at[next]]))
                    next = i;
            }
            if (next < 0)
                yield break;
            PolicyRule rule = rules[lists[next][at[next]++]];
            if (TokenMatch.IsSource(rule.Source, source))
                yield return rule;
        }

        void Collect(string service)
        {
            if (byService.TryGetValue(service, out ServiceRules? of))
                of.Collect(source, call.Argument, lists);
        }
    }

    // By the source's name or uuid, or null where only looking at the rule tells, and by the argument, which may be "*".
    private sealed class ServiceRules
    {
        private readonly Dictionary<(string? Source, string Argument), List<int>> bySource = [];

        public void Add(PolicyToken source, string argument, int rule)
        {
            string? name = source.Kind is not (TokenKind.Qube or TokenKind.AdminVm) ? null : source.IsHost ? PolicyWords.Host : source.Text;
            if (!bySource.TryGetValue((name, argument), out List<int>? list))
                bySource.Add((name, argument), list = []);
            list.Add(rule);
        }

        public void Collect(IPolicyQube source, string argument, List<List<int>> into)
        {
            foreach (string? name in (ReadOnlySpan<string?>)[source.Name, PolicyWords.Uuid + source.Uuid, null])
            {
                if (bySource.TryGetValue((name, argument), out List<int>? exact))
                    into.Add(exact);
                if (argument != PolicyWords.Any && bySource.TryGetValue((name, PolicyWords.Any), out List<int>? any))
                    into.Add(any);
            }
        }
    }
}
