using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-start</c>.</summary>
internal sealed class StartApplet() : Applet("qvm-start", "Start qubes.")
{
    private readonly QubeSelection selection = new();
    private readonly Option<bool> skipRunning = new("--skip-if-running") { Description = "Do not fail if a qube runs already" };

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(skipRunning);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var skip = line.GetValue(skipRunning) || selection.IsAll(line);
        var running = 0;
        var code = await PerQube.RunAsync(session, await selection.ResolveAsync(line, session, cancellation), async qube =>
        {
            if (qube.IsHalted)
            {
                await session.Admin.CallAsync("admin.vm.Start", qube.Name, cancellation: cancellation);
            }
            else if (!skip)
            {
                running++;
                session.Warn($"error: domain {qube.Name} is already running");
            }
        });
        return running > 0 ? ExitCode.Failure : code;
    }
}
