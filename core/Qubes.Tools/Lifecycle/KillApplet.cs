using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-kill</c>. A qube that is not running is no failure.</summary>
internal sealed class KillApplet() : Applet("qvm-kill", "Stop qubes at once, without telling them.")
{
    private readonly QubeSelection selection = new();

    public override void Describe(Command command) => selection.AddTo(command);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation) =>
        await PerQube.RunAsync(session, await selection.ResolveAsync(line, session, cancellation), async qube =>
        {
            try
            {
                await session.Admin.CallAsync("admin.vm.Kill", qube.Name, cancellation: cancellation);
            }
            catch (AdminException e) when (e.IsNotStarted)
            {
                // What was asked for is the case.
            }
        });
}
