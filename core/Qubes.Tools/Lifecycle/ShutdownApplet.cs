using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-shutdown</c>.</summary>
internal sealed class ShutdownApplet() : Applet("qvm-shutdown", "Ask qubes to shut down.")
{
    private readonly QubeSelection _selection = new();

    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "Wait until they are down; kill those that take longer than the timeout",
    };

    private readonly Option<int> _timeout = new("--timeout")
    {
        Description = "Seconds to wait with --wait",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<bool> _force = new("--force") { Description = "Even if others depend on them" };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Do nothing, only say what would be done" };

    public override void Describe(Command command)
    {
        _selection.AddTo(command);
        command.Add(_wait);
        command.Add(_timeout);
        command.Add(_force);
        command.Add(_dryRun);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var timeout = line.GetValue(_timeout);
        if (timeout < 0)
            throw new UsageException($"--timeout {timeout}: seconds, 0 or more, are accepted");
        var all = _selection.IsAll(line);
        var qubes = (await _selection.ResolveAsync(line, session, cancellation)).Where(qube => !all || !qube.IsHalted).ToList();
        if (line.GetValue(_dryRun))
        {
            foreach (var qube in qubes)
                session.Console.Out.WriteLine($"shut down {qube.Name}");
            return ExitCode.Success;
        }

        var shutdown = new Shutdown(session, line.GetValue(_force), line.GetValue(_wait) ? TimeSpan.FromSeconds(timeout) : null);
        return await shutdown.RunAsync(qubes, cancellation);
    }
}
