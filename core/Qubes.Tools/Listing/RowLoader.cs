using System.Collections.Concurrent;
using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Listing;

/// <summary>Fetches what the rows need, a few qubes at a time. A qube that vanishes meanwhile is left out.</summary>
internal sealed class RowLoader(Session session)
{
    private const int AtOnce = 8;

    public async Task<List<QubeRow>> LoadAsync(IEnumerable<QubeEntry> qubes, Need needs, CancellationToken cancellation)
    {
        if (needs == Need.None)
            return [.. qubes.Select(qube => new QubeRow(qube))];
        var rows = new ConcurrentBag<QubeRow>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(qubes, limits, async (qube, token) =>
        {
            try
            {
                rows.Add(await LoadOneAsync(qube, needs, token));
            }
            catch (Exception e) when (e is AdminException { IsNoSuchQube: true } or UsageException)
            {
                // Removed since the list was made: disposables come and go.
            }
        });
        return [.. rows];
    }

    private async Task<QubeRow> LoadOneAsync(QubeEntry qube, Need needs, CancellationToken cancellation)
    {
        var row = new QubeRow(qube);
        if (needs.HasFlag(Need.Properties))
            row.Properties = await new PropertyHolder(session, qube.Name).GetAllAsync(cancellation);
        if (needs.HasFlag(Need.Volumes))
            row.Volumes = await VolumesAsync(qube.Name, cancellation);
        if (needs.HasFlag(Need.Tags))
            row.Tags = Lines(await CallAsync("admin.vm.tag.List", qube.Name, "", cancellation));
        if (needs.HasFlag(Need.CurrentState))
            row.CurrentState = Pairs((await CallAsync("admin.vm.CurrentState", qube.Name, "", cancellation)).Split(' '));
        return row;
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> VolumesAsync(
        string qube, CancellationToken cancellation)
    {
        var volumes = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var name in Lines(await CallAsync("admin.vm.volume.List", qube, "", cancellation)))
            volumes[name] = Pairs(Lines(await CallAsync("admin.vm.volume.Info", qube, name, cancellation)));
        return volumes;
    }

    private Task<string> CallAsync(string method, string qube, string argument, CancellationToken cancellation) =>
        session.Admin.CallAsync(method, qube, argument, cancellation: cancellation);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> Pairs(string[] words)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                pairs[word[..equals]] = word[(equals + 1)..];
        }

        return pairs;
    }
}
