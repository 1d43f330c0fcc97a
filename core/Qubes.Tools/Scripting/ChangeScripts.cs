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
