using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Listing;
using Qubes.Tools.Plugins;
using Qubes.Tools.Pools;
using Qubes.Tools.Preferences;
using Qubes.Tools.Preloading;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Completion;

/// <summary>The names that something in a help text stands for.</summary>
/// <param name="tool">The tool that is being typed.</param>
internal sealed class NameSource(Session session, string tool, CompletionLine line)
{
    private const string ServicePrefix = "service.";

    /// <param name="kind">The name in the help text, e.g. <c>VMNAME</c>.</param>
    public async Task<IEnumerable<string>> ListAsync(string kind, CancellationToken cancellation) => kind switch
    {
        "VMNAME" => await QubesAsync(cancellation),
        VolumeAddress.HelpName => await VolumesAsync(cancellation),
        Pool.HelpName => await Pool.ListAsync(session, cancellation),
        TemplateSelection.HelpName => (await new PreloadCalls(session).StatusAsync(template: null, cancellation)).Select(s => s.Said.Template),
        PluginCalls.HelpName => (await new PluginCalls(session).ListAsync(plugin: null, cancellation)).Select(p => p.Said.Name),
        "LABEL" => await SystemAsync("admin.label.List", cancellation),
        "CLASS" => await SystemAsync("admin.vmclass.List", cancellation),
        "PROPERTY" when tool is "qvm-prefs" or "qubes-prefs" => await new PropertyHolder(session, Qube).ListAsync(cancellation),
        "FEATURE" => await OfQubeAsync("admin.vm.feature.List", cancellation),
        "SERVICE" => (await OfQubeAsync("admin.vm.feature.List", cancellation))
            .Where(name => name.StartsWith(ServicePrefix, StringComparison.Ordinal)).Select(name => name[ServicePrefix.Length..]),
        "TAG" when line.Arguments.Count > 0 => await OfQubeAsync("admin.vm.tag.List", cancellation),
        "FORMAT" => Columns.Formats.Keys,
        "COLUMN" or "FIELD,…" => Columns.Known.Select(column => column.Heading),
        "FILE" or "OUT|DIR" or "PATH" => [Completer.Files],
        _ => [],
    };

    private string? Qube => tool == "qubes-prefs" ? null : line.Arguments.FirstOrDefault();

    private async Task<IEnumerable<string>> QubesAsync(CancellationToken cancellation) =>
        (await QubeList.FetchAsync(session, cancellation)).Select(qube => qube.Name);

    private async Task<IEnumerable<string>> VolumesAsync(CancellationToken cancellation)
    {
        var colon = line.Word.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return (await QubesAsync(cancellation)).Select(name => name + ":");
        var qube = line.Word[..colon];
        return (await new QubeVolumes(session, qube).ListAsync(cancellation)).Select(volume => $"{qube}:{volume}");
    }

    private async Task<string[]> SystemAsync(string method, CancellationToken cancellation) =>
        AnswerText.Lines(await session.Admin.CallSystemAsync(method, cancellation: cancellation));

    private async Task<string[]> OfQubeAsync(string method, CancellationToken cancellation) =>
        line.Arguments.FirstOrDefault() is { } qube
            ? AnswerText.Lines(await session.Admin.CallAsync(method, qube, cancellation: cancellation))
            : [];
}
