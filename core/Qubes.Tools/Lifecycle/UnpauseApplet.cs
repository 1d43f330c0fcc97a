using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary>
/// <c>qvm-unpause</c>. <c>--all</c> leaves out qubes with the feature <c>internal</c>, such as preloaded disposables.
/// </summary>
internal sealed class UnpauseApplet() : Applet("qvm-unpause", "Let paused or suspended qubes go on.")
{
    private readonly QubeSelection selection = new();

    public override void Describe(Command command) => selection.AddTo(command);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var all = selection.IsAll(line);
        var qubes = await selection.ResolveAsync(line, session, cancellation);
        return await PerQube.RunAsync(session, qubes.Where(qube => !all || qube.IsPaused || qube.IsSuspended), async qube =>
        {
            if (all && await Feature.IsSetAsync(session, qube.Name, "internal", cancellation))
                return;
            await session.Admin.CallAsync(
                qube.IsSuspended ? "admin.vm.Resume" : "admin.vm.Unpause", qube.Name, cancellation: cancellation);
        });
    }
}
