using System.Text.Json;
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
        [.. AnswerText.Lines(await CallAsync("List", plugin ?? "", cancellation)).Select(line => (line, Parse(line)))];

    /// <summary>Enable, Disable or Reload; returns what became of it.</summary>
    public async Task<PluginStatus> ChangeAsync(string method, string plugin, CancellationToken cancellation) =>
        Parse((await CallAsync(method, plugin, cancellation)).TrimEnd('\n'));

    /// <summary>Its last lines.</summary>
    public async Task<string[]> LogAsync(string plugin, CancellationToken cancellation) =>
        AnswerText.Lines(await CallAsync("Log", plugin, cancellation));

    private Task<string> CallAsync(string method, string argument, CancellationToken cancellation) =>
        session.Admin.CallAsync(Method + method, "dom0", argument, cancellation: cancellation);

    private static PluginStatus Parse(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, PluginLines.Default.PluginStatus) is { } said)
                return said;
        }
        catch (JsonException e)
        {
            throw new MalformedAnswerException($"a line of the answer to {Method}List is not what it should be: {e.Message}");
        }
        throw new MalformedAnswerException($"a line of the answer to {Method}List says nothing");
    }
}
