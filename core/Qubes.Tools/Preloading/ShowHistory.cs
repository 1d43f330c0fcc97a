using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload history [TEMPLATE] [--json]</c>.</summary>
internal sealed class ShowHistory() : AppletAction("history", "Show what happened to preloads, the last 1000 events at most, oldest first.")
{
    private readonly Argument<string?> template = new(TemplateSelection.HelpName)
    {
        Description = "Only this disposable template's",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each" };

    protected override void Describe(Command command)
    {
        command.Add(template);
        command.Add(json);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var history = await new PreloadCalls(session).HistoryAsync(line.GetValue(template), cancellation);
        if (line.GetValue(json))
        {
            foreach (var moment in history)
                session.Console.Out.WriteLine(moment.Text);
            return ExitCode.Success;
        }

        var table = new TextTable();
        table.Add("TIME", "TEMPLATE", "EVENT", "QUBE", "DETAIL");
        foreach (var (_, moment) in history)
        {
            table.Add(
                MomentText.Time(moment, session), SafeText.OneLine(moment.Template), SafeText.OneLine(moment.Kind),
                SafeText.OneLine(moment.Qube ?? "-"), SafeText.OneLine(moment.Detail ?? ""));
        }
        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
