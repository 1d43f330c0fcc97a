using System.Collections.Concurrent;
using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Volumes;

/// <summary>
/// <c>qvm-volume list</c>. On a terminal a volume that several qubes use is one row with all their names; with <c>--full</c>,
/// or into a
/// pipe, it is a row for each.
/// </summary>
internal sealed class ListVolumes() : AppletAction("list", "List volumes.", "ls", "l")
{
    private const int AtOnce = 8;

    private readonly QubeSelection selection = new(allByDefault: true);
    private readonly Option<string?> pool = new("--pool", "-p") { Description = "Only volumes in this pool", HelpName = "POOL" };
    private readonly Option<bool> full = new("--full") { Description = "A row for each qube, even if they share a volume" };

    protected override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(pool);
        command.Add(full);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var rows = new ConcurrentBag<Row>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(await selection.ResolveAsync(line, session, cancellation), limits, async (qube, token) =>
        {
            foreach (var row in await RowsAsync(new QubeVolumes(session, qube.Name), qube.Name, line.GetValue(pool), token))
                rows.Add(row);
        });

        var each = line.GetValue(full) || !session.Console.OutputIsTerminal;
        var table = new TextTable();
        table.Add("POOL:VOLUME", "VMNAME", "VOLUME_NAME", "REVERT_POSSIBLE");
        foreach (var group in rows.OrderBy(row => row.Volume, StringComparer.Ordinal).ThenBy(row => row.Qube, StringComparer.Ordinal)
            .GroupBy(row => each ? (row.Volume, row.Name, row.Qube) : (row.Volume, row.Name, "")))
        {
            table.Add(group.Key.Volume, string.Join(", ", group.Select(row => row.Qube)), group.Key.Name,
                group.Any(row => row.CanRevert) ? "Yes" : "No");
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }

    private static async Task<List<Row>> RowsAsync(QubeVolumes volumes, string qube, string? pool, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        foreach (var name in await volumes.ListAsync(cancellation))
        {
            var info = await volumes.InfoAsync(name, cancellation);
            if (pool is not null && info.Pool != pool)
                continue;
            var canRevert = (await volumes.RevisionsAsync(name, cancellation)).Count > 0;
            rows.Add(new Row($"{info.Pool}:{info.Vid}", qube, name, canRevert));
        }

        return rows;
    }

    private sealed record Row(string Volume, string Qube, string Name, bool CanRevert);
}
