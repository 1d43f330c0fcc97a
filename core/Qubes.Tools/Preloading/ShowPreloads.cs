using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload status [--watch] [--json] [TEMPLATE…]</c>.</summary>
internal sealed class ShowPreloads() : AppletAction("status", "Show how many disposables are preloaded, how requests were served, and what is wrong.")
{
    private readonly Argument<string[]> templates = new(TemplateSelection.HelpName)
    {
        Description = "Disposable templates (default: all that preload)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly WatchOption watch = new();

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each template" };

    protected override void Describe(Command command)
    {
        command.Add(templates);
        watch.AddTo(command);
        command.Add(json);
    }

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        return watch.RunAsync(line, session, keepsAll: line.GetValue(json), ReadAsync, cancellation);

        async Task<Action> ReadAsync()
        {
            var status = await StatusAsync(line.GetValue(templates) ?? [], session, cancellation);
            return line.GetValue(json)
                ? () => status.ForEach(s => session.Console.Out.WriteLine(s.Text))
                : () => Write(status, session);
        }
    }

    private static async Task<List<Line<PreloadStatus>>> StatusAsync(string[] names, Session session, CancellationToken cancellation)
    {
        var calls = new PreloadCalls(session);
        var status = new List<Line<PreloadStatus>>();
        foreach (var name in names.Distinct(StringComparer.Ordinal).DefaultIfEmpty(null))
            status.AddRange(await calls.StatusAsync(name, cancellation));
        return status;
    }

    private static void Write(List<Line<PreloadStatus>> status, Session session)
    {
        var table = new TextTable();
        table.Add("TEMPLATE", "STATE", "POLICY", "READY", "STARTING", "TARGET", "MAX", "HITS", "P50_MS", "P99_MS", "ALLOWED", "PSS_MIB");
        foreach (var (_, s) in status)
        {
            table.Add(
                SafeText.OneLine(s.Template), SafeText.OneLine(s.State), SafeText.OneLine(s.Policy), Text(s.Ready), Text(s.Starting), Text(s.Target),
                Text(s.Max), Text(s.HitRate * 100, "0'%'"), Text(s.P50Ms, "0.0"), Text(s.P99Ms, "0.0"), Text(s.Allowance),
                Text(s.Memory?.PssKib / 1024.0));
        }
        table.WriteTo(session.Console.Out);
        foreach (var (_, s) in status)
            WriteRemarks(s, session);
    }

    private static void WriteRemarks(PreloadStatus status, Session session)
    {
        if (status.Message is { } message)
            Remark(message);
        if (status.LastFailure is { } failure)
            Remark($"last failure {MomentText.Time(failure, session)}, {failure.Qube ?? "-"}: {failure.Detail ?? failure.Kind}");
        if (status.AllowanceReason is { } reason && reason != status.Message)
            Remark(reason);
        if (!session.Verbose)
            return;
        Remark($"target {Text(status.Target)}: {status.TargetReason}");
        if (status.Memory is { } memory)
            Remark($"{Text(memory.PssKib)} KiB of memory: {Text(memory.PrivateKib)} private, up to {Text(memory.SharedKib)} shared by one");

        void Remark(string text) => session.Console.Out.WriteLine(SafeText.OneLine($"{status.Template}: {text}"));
    }

    private static string Text(double? value, string format = "0") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
