using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload refresh (TEMPLATE… | --all) [--outdated]</c>.</summary>
internal sealed class RefreshPreloads() : AppletAction(
    "refresh", "Replace a template's preloads by new ones. Those that somebody has requested stay.")
{
    private readonly TemplateSelection selection = new();
    private readonly Option<bool> outdated = new("--outdated")
    {
        Description = "Only those that are no longer what the template would give now",
    };

    protected override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(outdated);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var templates = await selection.ResolveAsync(line, session, s => s.Ready + s.Starting > 0, cancellation);
        var calls = new PreloadCalls(session);
        return await PerTemplate.RunAsync(session, templates, async template =>
        {
            var count = await calls.RefreshAsync(template, line.GetValue(outdated), cancellation);
            if (!session.Quiet)
                session.Console.Out.WriteLine($"{template}: {(count == 1 ? "1 preload is" : $"{count} preloads are")} replaced");
        });
    }
}
