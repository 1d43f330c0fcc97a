using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Memory;

/// <summary><c>qvm-memory [--watch] [--json] [VMNAME…]</c>.</summary>
internal sealed class MemoryApplet() : Applet("qvm-memory", "Show how the host's memory is shared out among qubes.")
{
    private const string Method = "admin.memory.Status";

    private readonly QubeSelection selection = new(allByDefault: true);
    private readonly WatchOption watch = new();
    private readonly Option<bool> json = new("--json") { Description = "A line of JSON for the host, and for each qube that runs; bytes" };

    public override string Details => """
        A row for each qube that runs, MiB: USED, what it uses, as far as it is believed; PREFERS, what it should have for that;
        HAS, what it has now; TARGET, what it was told to have; MOST, what it may have; RESIDENT, what it takes of the host's
        memory. Where nothing is known stands a dash. Above stands how the host itself is, unless qubes are named.

        The states of a qube are: balanced; fixed, its memory cannot be changed; unknown, it has said nothing yet; paused;
        shrunk, it has given back what it does not need and is left alone; slow, it follows late; no-progress, it does not
        follow, and nothing is expected of it.
        """;

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        watch.AddTo(command);
        command.Add(json);
    }

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation) =>
        watch.RunAsync(line, session, keepsAll: line.GetValue(json), () => ReadAsync(line, session, cancellation), cancellation);

    private async Task<Action> ReadAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        // The status names all that run by itself.
        var chosen = selection.IsEverything(line)
            ? null
            : (await selection.ResolveAsync(line, session, cancellation)).Select(qube => qube.Name).ToHashSet(StringComparer.Ordinal);
        var texts = AnswerText.Lines(await session.Admin.CallSystemAsync(Method, cancellation: cancellation)).ToLookup(IsOfHost);
        var host = chosen is null ? texts[true].FirstOrDefault() : null;
        var hostSaid = host is null ? null : AnswerText.Said(host, Method, MemoryLines.Default.HostMemory);
        var qubes = texts[false].Select(text => (Text: text, Said: AnswerText.Said(text, Method, MemoryLines.Default.QubeMemory)))
            .Where(qube => chosen is null || chosen.Contains(qube.Said.Qube)).ToList();
        return () =>
        {
            if (line.GetValue(json))
                qubes.Select(qube => qube.Text).Prepend(host).OfType<string>().ToList().ForEach(session.Console.Out.WriteLine);
            else
                Write(hostSaid, qubes.ConvertAll(qube => qube.Said), session);
        };
    }

    private static bool IsOfHost(string line) => AnswerText.Said(line, Method, MemoryLines.Default.MemorySubject).Host is not null;

    private static void Write(HostMemory? host, List<QubeMemory> qubes, Session session)
    {
        if (host is not null)
        {
            session.Console.Out.WriteLine(SafeText.OneLine(
                $"{host.Host}: uses {MiB(host.Used)} of {MiB(host.Total)} MiB, {MiB(host.Available)} MiB left for new qubes, pressure {host.Pressure}"));
            session.Console.Out.WriteLine(SafeText.OneLine(
                $"under way: {host.Orders} changes, {host.Shrinks} shrinks, claims of {MiB(host.Claimed)} MiB, and {host.Waiting} that wait"));
        }
        var table = new TextTable();
        table.Add("NAME", "STATE", "USED", "PREFERS", "HAS", "TARGET", "MOST", "RESIDENT");
        foreach (var q in qubes)
        {
            table.Add(
                SafeText.OneLine(q.Qube), SafeText.OneLine(q.State), MiB(q.Used), MiB(q.Preferred), MiB(q.Current), MiB(q.Target),
                q.Most == 0 ? "-" : MiB(q.Most), MiB(q.Resident));
        }
        table.WriteTo(session.Console.Out);
    }

    private static string MiB(long? bytes) => bytes is { } known ? (known >> 20).ToString(CultureInfo.InvariantCulture) : "-";
}
