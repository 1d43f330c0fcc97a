using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload drain (TEMPLATE… | --all) [--undo]</c>.</summary>
internal sealed class DrainPreloads() : AppletAction(
    "drain", "End a template's preloads now and keep none, also over restarts, until --undo. Those that somebody has requested stay.")
{
    private readonly TemplateSelection selection = new();
    private readonly Option<bool> undo = new("--undo") { Description = "Preload again, as the maximum and the policy say" };

    protected override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(undo);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var undoes = line.GetValue(undo);
        var templates = await selection.ResolveAsync(line, session, s => (s.State == "drained") == undoes, cancellation);
        var calls = new PreloadCalls(session);
        return await PerTemplate.RunAsync(session, templates, t => calls.DrainAsync(t, undoes, cancellation));
    }
}
