using Qubes.Kernel.Store;

namespace Qubes.Kernel.Tests.Store;

/// <summary>A whole state as lines, to compare; the order of what has one counts.</summary>
internal static class StateText
{
    public static IReadOnlyList<string> Of(StoredState state) =>
    [
        .. state.Qubes.SelectMany(qube => new[] { qube.ToString() }
            .Concat(state.Properties[qube.Qid].Select(p => $"  property {p.Name} = {Quoted(p.Value)}"))
            .Concat(state.Features[qube.Qid].Select(f => $"  feature {f.Name} = {Quoted(f.Value)}"))
            .Concat(state.Tags[qube.Qid].Select(tag => $"  tag {tag}"))
            .Concat(state.Volumes[qube.Qid].Select(v => $"  {v}"))
            .Concat(state.Documents[qube.Qid].Select(d => $"  {d.Key}: {Quoted(d.Value)}"))),
        .. state.SystemProperties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"system {p.Key} = {Quoted(p.Value)}"),
        .. state.Pools.Select(p => $"pool {p.Name} {p.Driver} {string.Join(',', p.Options.Select(o => $"{o.Key}={o.Value}"))}"),
        .. state.Labels.Select(label => label.ToString()),
        .. state.Settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"setting {s.Key} = {Quoted(s.Value)}"),
    ];

    private static string Quoted(string? text) => text is null ? "none" : $"'{text}'";
}
