using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-shutdown</c>.</summary>
internal sealed class ShutdownApplet() : Applet("qvm-shutdown", "Ask qubes to shut down.")
{
    private readonly QubeSelection selection = new();

    private readonly Option<bool> wait = new("--wait")
    {
        Description = "Wait until they are down; kill those that take longer than the timeout",
    };

    private readonly Option<int> timeout = new("--timeout")
    {
        Description = "Seconds to wait with --wait",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<bool> force = new("--force") { Description = "Even if others depend on them (implied by --all)" };

    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Do nothing, only say what would be done" };

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(wait);
        command.Add(this.timeout);
        command.Add(force);
        command.Add(dryRun);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var timeout = line.GetValue(this.timeout);
        if (timeout < 0)
            throw new UsageException($"--timeout {timeout}: seconds, 0 or more, are accepted");
        var all = selection.IsAll(line);
        var qubes = (await selection.ResolveAsync(line, session, cancellation)).Where(qube => !all || !qube.IsHalted).ToList();
        if (line.GetValue(dryRun))
        {
            foreach (var qube in qubes)
                session.Console.Out.WriteLine($"shut down {qube.Name}");
            return ExitCode.Success;
        }

        var shutdown = new Shutdown(
            session, line.GetValue(force) || all, line.GetValue(wait) ? TimeSpan.FromSeconds(timeout) : null);
        return await shutdown.RunAsync(qubes, cancellation);
    }
}
