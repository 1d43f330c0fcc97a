using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Scripting;

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
