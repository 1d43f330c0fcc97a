using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload trace start|stop|status</c>.</summary>
internal sealed class TraceRequests() : AppletAction(
    "trace", "Record when disposables of which templates are requested, for 'simulate': times and names of templates, nothing else.")
{
    private readonly Argument<string> what = new("ACTION") { Description = "start (in the place of an older trace), stop, or status" };

    protected override void Describe(Command command)
    {
        what.AcceptOnlyFromAmong("start", "stop", "status");
        command.Add(what);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var trace = await new PreloadCalls(session).TraceAsync(line.GetRequiredValue(what), cancellation);
        if (!session.Quiet)
            session.Console.Out.WriteLine(SafeText.OneLine(Text(trace, session)));
        return ExitCode.Success;
    }

    private static string Text(PreloadTrace trace, Session session) => (trace.Path, trace.Since) switch
    {
        ({ } path, { } since) => $"{path}: {trace.State}, {(trace.Requests == 1 ? "1 request" : $"{trace.Requests} requests")} since "
            + TimeZoneInfo.ConvertTime(since, session.Clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            + (trace.State == "ended" && trace.Reason is { } reason ? $"; {reason}" : ""),
        _ => "no trace is being recorded",
    };
}
