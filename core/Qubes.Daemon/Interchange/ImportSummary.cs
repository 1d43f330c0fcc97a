using Qubes.Kernel.Domains.Labels;
using Qubes.Kernel.Interchange.Import;
using Qubes.Kernel.Store;

namespace Qubes.Daemon.Interchange;

/// <summary>An import's result for people.</summary>
internal static class ImportSummary
{
    /// <summary>One line; before it, of a dry run, one for each thing that would be added.</summary>
    public static IEnumerable<string> Of(ImportReport report, bool isDry)
    {
        var (state, lines) = (report.State, new List<string>());
        if (isDry)
        {
            lines.AddRange(state.Labels.Where(l => l.Index > BuiltInLabels.LastIndex).Select(l => $"label {l.Name} ({l.Color})"));
            lines.AddRange(state.Pools.Select(p => $"pool {p.Name} ({p.Driver})"));
            lines.AddRange(state.SystemProperties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"property {p.Key} = {p.Value ?? "none"}"));
            lines.AddRange(state.Qubes.Select(q => Line(q, state)));
        }
        lines.Add($"{(isDry ? "would import" : "imported")}: {state.Qubes.Count - 1} qubes, {state.Pools.Count} pools, "
            + $"{state.Labels.Count} labels; {report.Warnings.Count} warnings");
        return lines;
    }

    private static string Line(StoredQube qube, StoredState state) =>
        $"{qube.Class} {qube.Name} (qid {qube.Qid}): {state.Properties[qube.Qid].Count()} properties, "
        + $"{state.Features[qube.Qid].Count()} features, {state.Tags[qube.Qid].Count()} tags, {state.Volumes[qube.Qid].Count()} volumes";
}
