using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Plugins;

/// <summary><c>qubes-plugin logs [-n COUNT] PLUGIN</c>.</summary>
internal sealed class ShowPluginLog() : AppletAction("logs", "Show the last lines that a plugin, or the daemon about it, logged.")
{
    private readonly Argument<string> plugin = new(PluginCalls.HelpName) { Description = "The plugin" };

    private readonly Option<int> lines = new("-n", "--lines")
    {
        Description = "How many at most",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 50,
    };

    protected override void Describe(Command command)
    {
        command.Add(plugin);
        command.Add(lines);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        if (line.GetValue(lines) < 1)
            throw new UsageException("-n must be at least 1");
        foreach (var text in (await new PluginCalls(session).LogAsync(line.GetValue(plugin)!, cancellation)).TakeLast(line.GetValue(lines)))
            session.Console.Out.WriteLine(SafeText.OneLine(text));
        return ExitCode.Success;
    }
}
