using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preloading;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Plugins;

/// <summary><c>qubes-plugin enable|disable|reload PLUGIN…</c>.</summary>
/// <param name="wanted">The state that it should be in afterwards.</param>
internal sealed class ChangePlugins(string name, string method, string summary, string wanted) : AppletAction(name, summary)
{
    private readonly Argument<string[]> plugins = new(PluginCalls.HelpName) { Description = "Plugins", Arity = ArgumentArity.OneOrMore };

    public static ChangePlugins Enable => new("enable", "Enable", "Have plugins loaded, now and with every start of the daemon.", "active");

    public static ChangePlugins Disable => new("disable", "Disable", "End plugins, and what requires them, now and with every start of the daemon.", "disabled");

    public static ChangePlugins Reload => new("reload", "Reload", "Load plugins anew from their folders, also those that failed.", "active");

    protected override void Describe(Command command) => command.Add(plugins);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var calls = new PluginCalls(session);
        var code = ExitCode.Success;
        var refused = await PerTemplate.RunAsync(session, line.GetValue(plugins)!.Distinct(StringComparer.Ordinal), async plugin =>
        {
            var said = await calls.ChangeAsync(method, plugin, cancellation);
            if (said.State == wanted && said.Reason is null or { Length: 0 } || said.State == wanted && wanted == "disabled")
            {
                if (!session.Quiet)
                    session.Console.Out.WriteLine(SafeText.OneLine($"{said.Name}: {said.State}"));
                return;
            }
            session.Warn(SafeText.OneLine($"{said.Name} is {said.State}: {said.Reason}"));
            code = ExitCode.Failure;
        });
        return refused == ExitCode.Success ? code : refused;
    }
}
