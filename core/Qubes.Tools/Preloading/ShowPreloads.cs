using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload status [--watch] [--json] [TEMPLATE…]</c>.</summary>
internal sealed class ShowPreloads() : AppletAction("status", "Show how many disposables are preloaded, how requests were served, and what is wrong.")
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Argument<string[]> templates = new(TemplateSelection.HelpName)
    {
        Description = "Disposable templates (default: all that preload)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> watch = new("--watch", "-w") { Description = "Show it every two seconds, until interrupted" };

    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for each template" };

    protected override void Describe(Command command)
    {
        command.Add(templates);
        command.Add(watch);
        command.Add(json);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var names = line.GetValue(templates) ?? [];
        while (true)
        {
            var status = await ReadAsync(names, session, cancellation);
            if (line.GetValue(watch) && session.Console.OutputIsTerminal && !line.GetValue(json))
                await ClearAsync(session.Console, cancellation);
            if (line.GetValue(json))
                status.ForEach(s => session.Console.Out.WriteLine(s.Text));
            else
                Write(status, session);
            if (!line.GetValue(watch))
                return ExitCode.Success;
            await session.Console.FlushAsync();
            await Task.Delay(Interval, session.Clock, cancellation);
        }
    }

    private static async Task<List<Line<PreloadStatus>>> ReadAsync(string[] names, Session session, CancellationToken cancellation)
    {
        var calls = new PreloadCalls(session);
        var status = new List<Line<PreloadStatus>>();
        foreach (var name in names.Distinct(StringComparer.Ordinal).DefaultIfEmpty(null))
            status.AddRange(await calls.StatusAsync(name, cancellation));
        return status;
    }

    // To the terminal itself: what goes through the console has its control characters escaped.
    private static async Task ClearAsync(ToolConsole console, CancellationToken cancellation) =>
        await console.RawOutput.WriteAsync("\e[H\e[2J"u8.ToArray(), cancellation);

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
