using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Scripting;

/// <summary><c>qubes-script list [--json]</c>.</summary>
internal sealed class ListScripts() : AppletAction("list", "Show all scripts, what became of them, and what is wrong.")
{
    private const string Method = "admin.script.List";

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each script" };

    protected override void Describe(Command command) => command.Add(json);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var answer = await session.Admin.CallAsync(Method, "dom0", cancellation: cancellation);
        var texts = AnswerText.Lines(answer).ToList();
        var scripts = texts.Select(text => AnswerText.Said(text, Method, ScriptLines.Default.ScriptLine)).ToList();
        if (line.GetValue(json))
            texts.ForEach(session.Console.Out.WriteLine);
        else
            Write(scripts, session);
        return ExitCode.Success;
    }

    private static void Write(List<ScriptLine> scripts, Session session)
    {
        var table = new TextTable();
        table.Add("NAME", "STATE", "FAULTS", "OFFERS");
        foreach (var script in scripts)
        {
            table.Add(
                SafeText.OneLine(script.Name), SafeText.OneLine(script.State), script.Faults.ToString(CultureInfo.InvariantCulture),
                SafeText.OneLine(script.Offers.Count == 0 ? "-" : string.Join(", ", script.Offers)));
        }
        table.WriteTo(session.Console.Out);
        foreach (var script in scripts.Where(s => s.Message is not null))
            session.Console.Out.WriteLine(SafeText.OneLine($"{script.Name}: {script.Message}"));
        if (!session.Verbose)
            return;
        foreach (var script in scripts)
            session.Console.Out.WriteLine(SafeText.OneLine($"{script.Name}: {script.Path}"));
    }
}
