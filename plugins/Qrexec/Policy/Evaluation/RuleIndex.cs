using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>
/// Finds the rules that can concern a call without looking at those of other services, nor at those of other sources where
/// the source is given by name.
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
            of.Add(rules[i].Source, i);
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
            if (rule.TakesArgument(call.Argument) && TokenMatch.IsSource(rule.Source, source))
                yield return rule;
        }

        void Collect(string service)
        {
            if (byService.TryGetValue(service, out ServiceRules? of))
                lists.AddRange(of.Of(source));
        }
    }

    private sealed class ServiceRules
    {
        private readonly Dictionary<string, List<int>> named = new(StringComparer.Ordinal);
        private readonly List<int> others = [];

        public void Add(PolicyToken source, int rule)
        {
            List<int>? list = others;
            if (source.Kind is TokenKind.Qube or TokenKind.AdminVm)
            {
                string name = source.IsHost ? PolicyWords.Host : source.Text;
                if (!named.TryGetValue(name, out list))
                    named.Add(name, list = []);
            }
            list.Add(rule);
        }

        public IEnumerable<List<int>> Of(IPolicyQube source)
        {
            if (named.TryGetValue(source.Name, out List<int>? byName))
                yield return byName;
            if (named.TryGetValue(PolicyWords.Uuid + source.Uuid, out List<int>? byUuid))
                yield return byUuid;
            yield return others;
        }
    }
}
