using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Plugins;

/// <summary><c>qubes-plugin list [--json] [PLUGIN…]</c>.</summary>
internal sealed class ListPlugins() : AppletAction("list", "Show every installed plugin, and what stands against it.")
{
    private readonly Argument<string[]> plugins = new(PluginCalls.HelpName) { Description = "Plugins (default: all)", Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each plugin" };

    protected override void Describe(Command command)
    {
        command.Add(plugins);
        command.Add(json);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var calls = new PluginCalls(session);
        var all = new List<(string Text, PluginStatus Said)>();
        foreach (var name in (line.GetValue(plugins) ?? []).Distinct(StringComparer.Ordinal).DefaultIfEmpty(null))
            all.AddRange(await calls.ListAsync(name, cancellation));
        if (line.GetValue(json))
        {
            all.ForEach(plugin => session.Console.Out.WriteLine(plugin.Text));
            return ExitCode.Success;
        }
        var table = new TextTable();
        table.Add("PLUGIN", "STATE", "VERSION", "SDK", "RELOAD", "FAULTS", "DESCRIPTION");
        foreach (var (_, said) in all)
        {
            table.Add(
                SafeText.OneLine(said.Name), SafeText.OneLine(said.State), Or(said.Version), Or(said.Sdk), SafeText.OneLine(said.Reload),
                $"{said.Faults}", Or(said.Description));
        }
        table.WriteTo(session.Console.Out);
        foreach (var (_, said) in all)
        {
            foreach (var trouble in said.Leftovers.Append(said.Reason).OfType<string>())
                session.Console.Out.WriteLine(SafeText.OneLine($"{said.Name}: {trouble}"));
        }
        return ExitCode.Success;
    }

    private static string Or(string text) => text.Length > 0 ? SafeText.OneLine(text) : "-";
}
