using Qubes.Policy;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;

namespace Qubes.Tools.Policy.Graph;

/// <summary>Evaluates every call that can be told apart: each source, target, and service and argument that a rule names.</summary>
internal static class PermittedCalls
{
    private const string Any = "*";

    // Stands for all that no rule names. No service can have this name on the wire: it has 256 characters.
    private static readonly string Unnamed = new('x', 256);

    /// <returns>What each source may call at each target: services with their arguments, <c>*</c> for any other.</returns>
    public static SortedDictionary<PermittedCall, SortedSet<string>> Find(LoadedPolicy policy, SystemInfo system, string? source, string? service)
    {
        var found = new SortedDictionary<PermittedCall, SortedSet<string>>(Comparer<PermittedCall>.Create(Compare));
        string[] targets = ["", "@dispvm", .. system.Qubes.Select(q => q.Name), .. system.Qubes.Where(q => q.IsTemplateForDispvms).Select(q => "@dispvm:" + q.Name)];
        foreach (var (name, argument) in Services(policy).Where(s => service is null || s.Service == service || s.Service == Any))
        {
            // With one service asked for, rules for any service concern it too.
            var called = name != Any ? name : service ?? Unnamed;
            var label = (name == Any && service is not null ? service : name) + (argument is "+" or Any ? "" : argument);
            foreach (var from in system.Qubes.Select(q => q.Name).Where(q => source is null || q == source))
            {
                foreach (var target in targets)
                    Add(new(from, called + (argument == Any ? "+" + Unnamed : argument), target), label);
            }
        }
        return found;

        void Add(PolicyCall call, string label)
        {
            var decision = policy.Decide(call, system);
            if (decision is AskedDecision asked)
            {
                foreach (var offered in asked.Targets)
                    Arrow(new(call.Source, offered, IsAsked: true), label);
            }
            else if (decision is AllowedDecision allowed && Settlement.Settle(decision, call, system).Granted is not null)
            {
                Arrow(new(call.Source, allowed.Target, IsAsked: false), label);
            }
        }

        void Arrow(PermittedCall arrow, string label)
        {
            if (!found.TryGetValue(arrow, out var labels))
                found.Add(arrow, labels = new(StringComparer.Ordinal));
            labels.Add(label);
        }
    }

    // A name with any argument covers those that no rule names; the empty argument is one of its own.
    private static IEnumerable<(string Service, string Argument)> Services(LoadedPolicy policy) =>
        policy.Rules.SelectMany(rule => ((string, string)[])[(rule.Service, rule.Argument), (rule.Service, rule.Service == Any ? Any : "+")]).Distinct();

    private static int Compare(PermittedCall a, PermittedCall b)
    {
        var order = string.CompareOrdinal(a.Source, b.Source);
        if (order == 0)
            order = string.CompareOrdinal(a.Target, b.Target);
        return order != 0 ? order : a.IsAsked.CompareTo(b.IsAsked);
    }
}
