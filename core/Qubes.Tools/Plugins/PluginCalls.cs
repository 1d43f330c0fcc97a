using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Plugins;

/// <summary>The daemon's methods about plugins.</summary>
internal sealed class PluginCalls(Session session)
{
    /// <summary>What <c>--help</c> calls the name of a plugin.</summary>
    public const string HelpName = "PLUGIN";

    private const string Method = "admin.plugin.";

    /// <summary>Each line as it came, and what it says.</summary>
    /// <param name="plugin">A plugin; null: all.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<List<(string Text, PluginStatus Said)>> ListAsync(string? plugin, CancellationToken cancellation) =>
        [.. AnswerText.Lines(await CallAsync("List", plugin ?? "", cancellation)).Select(line => (line, AnswerText.Said(line, Method + "List", PluginLines.Default.PluginStatus)))];

    /// <summary>Enable, Disable or Reload; returns what became of it.</summary>
    public async Task<PluginStatus> ChangeAsync(string method, string plugin, CancellationToken cancellation) =>
        AnswerText.Said((await CallAsync(method, plugin, cancellation)).TrimEnd('\n'), Method + method, PluginLines.Default.PluginStatus);

    /// <summary>Its last lines.</summary>
    public async Task<string[]> LogAsync(string plugin, CancellationToken cancellation) =>
        AnswerText.Lines(await CallAsync("Log", plugin, cancellation));

    private Task<string> CallAsync(string method, string argument, CancellationToken cancellation) =>
        session.Admin.CallAsync(Method + method, "dom0", argument, cancellation: cancellation);
}
