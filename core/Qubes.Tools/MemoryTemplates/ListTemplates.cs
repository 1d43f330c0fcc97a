using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preloading;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.MemoryTemplates;

/// <summary><c>qvm-memory-template list [--json] [TEMPLATE…]</c>.</summary>
internal sealed class ListTemplates() : AppletAction("list", "Show how each disposable template's memory template stands, and what is wrong.")
{
    private const double MiB = 1 << 20;

    private readonly Argument<string[]> templates = new(TemplateSelection.HelpName)
    {
        Description = "Disposable templates (default: all)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each template" };

    protected override void Describe(Command command)
    {
        command.Add(templates);
        command.Add(json);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var calls = new MemoryTemplateCalls(session);
        var all = new List<(string Text, MemoryTemplateStatus Said)>();
        foreach (var name in (line.GetValue(templates) ?? []).Distinct(StringComparer.Ordinal).DefaultIfEmpty(null))
            all.AddRange(await calls.StatusAsync(name, cancellation));
        if (line.GetValue(json))
            all.ForEach(s => session.Console.Out.WriteLine(s.Text));
        else
            Write(all.ConvertAll(s => s.Said), session);
        return ExitCode.Success;
    }

    private static void Write(List<MemoryTemplateStatus> all, Session session)
    {
        var table = new TextTable();
        table.Add("TEMPLATE", "STATE", "KEY", "MIB", "MADE", "MEMORY", "RESERVE", "COPIES", "FAILURES");
        foreach (var s in all)
        {
            table.Add(
                SafeText.OneLine(s.Template), SafeText.OneLine(s.State), SafeText.OneLine(s.Key ?? "-"), Text(s.Bytes / MiB), SafeText.OneLine(s.Made ?? "-"),
                SafeText.OneLine(s.Memory), Text(s.Reserve), Text(s.Copies), Text(s.Failures));
        }
        table.WriteTo(session.Console.Out);
        foreach (var s in all.Where(s => s.Reason is not null))
            session.Console.Out.WriteLine(SafeText.OneLine($"{s.Template}: {s.Reason}"));
    }

    private static string Text(double? value) => value?.ToString("0", CultureInfo.InvariantCulture) ?? "-";
}
