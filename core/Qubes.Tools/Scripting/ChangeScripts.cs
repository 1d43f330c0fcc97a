using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Scripting;

/// <summary><c>qubes-script enable NAME…</c> and <c>disable NAME…</c>.</summary>
internal sealed class ChangeScripts(string name, string method, string summary) : AppletAction(name, summary)
{
    private readonly Argument<string[]> scripts = new("NAME") { Description = "Scripts, as listed", Arity = ArgumentArity.OneOrMore };

    protected override void Describe(Command command) => command.Add(scripts);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        foreach (var script in line.GetRequiredValue(scripts))
            await session.Admin.CallAsync(method, "dom0", script, cancellation: cancellation);
        return ExitCode.Success;
    }
}

/// <summary><c>qubes-script reload</c>.</summary>
internal sealed class ReloadScripts() : AppletAction("reload", "Look at the directories now; files are followed without it, too.")
{
    protected override void Describe(Command command) { }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        await session.Admin.CallAsync("admin.script.Reload", "dom0", cancellation: cancellation);
        return ExitCode.Success;
    }
}
