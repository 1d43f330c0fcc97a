using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Plugins;

/// <summary><c>qubes-plugin info PLUGIN</c>.</summary>
internal sealed class ShowPlugin() : AppletAction("info", "Show all that is known of a plugin.")
{
    private readonly Argument<string> plugin = new(PluginCalls.HelpName) { Description = "The plugin" };

    protected override void Describe(Command command) => command.Add(plugin);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        foreach (var (_, said) in await new PluginCalls(session).ListAsync(line.GetValue(plugin)!, cancellation))
        {
            var table = new TextTable();
            void Row(string name, string value) => table.Add(name, SafeText.OneLine(value));
            Row("name", said.Name);
            Row("state", said.State);
            Row("reason", said.Reason ?? "");
            Row("description", said.Description);
            Row("version", said.Version);
            Row("sdk", said.Sdk);
            Row("from", said.Shipped ? "shipped with the program" : "a third party");
            Row("folder", said.Folder);
            Row("requires", string.Join(", ", said.Requires));
            Row("reload", said.Reload);
            Row("generation", $"{said.Generation}");
            Row("faults", $"{said.Faults}");
            foreach (var leftover in said.Leftovers)
                Row("leftover", leftover);
            table.WriteTo(session.Console.Out);
        }
        return ExitCode.Success;
    }
}
