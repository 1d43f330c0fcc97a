using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-pause</c>.</summary>
internal sealed class PauseApplet() : Applet("qvm-pause", "Pause qubes.")
{
    private readonly QubeSelection selection = new();
    private readonly Option<bool> suspend = new("--suspend", "-S") { Description = "Let the qube suspend itself instead" };

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(suspend);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var method = line.GetValue(suspend) ? "admin.vm.Suspend" : "admin.vm.Pause";
        var all = selection.IsAll(line);
        var qubes = await selection.ResolveAsync(line, session, cancellation);
        return await PerQube.RunAsync(
            session,
            qubes.Where(qube => !all || qube.State == "Running"),
            qube => session.Admin.CallAsync(method, qube.Name, cancellation: cancellation));
    }
}
