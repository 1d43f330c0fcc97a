using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary><c>qvm-pause</c>.</summary>
internal sealed class PauseApplet() : Applet("qvm-pause", "Pause qubes.")
{
    private readonly QubeSelection _selection = new();
    private readonly Option<bool> _suspend = new("--suspend", "-S") { Description = "Let the qube suspend itself instead" };

    public override void Describe(Command command)
    {
        _selection.AddTo(command);
        command.Add(_suspend);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var method = line.GetValue(_suspend) ? "admin.vm.Suspend" : "admin.vm.Pause";
        var all = _selection.IsAll(line);
        var qubes = await _selection.ResolveAsync(line, session, cancellation);
        return await PerQube.RunAsync(
            session,
            qubes.Where(qube => !all || qube.State == "Running"),
            qube => session.Admin.CallAsync(method, qube.Name, cancellation: cancellation));
    }
}
