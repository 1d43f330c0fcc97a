using System.Collections.Concurrent;
using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Listing;

/// <summary>Fetches what the rows need, a few qubes at a time. A qube that vanishes meanwhile is left out.</summary>
/// <param name="features">The features to fetch.</param>
internal sealed class RowLoader(Session session, Need needs, IReadOnlySet<string> features)
{
    private const int AtOnce = 8;

    public async Task<List<QubeRow>> LoadAsync(IEnumerable<QubeEntry> qubes, CancellationToken cancellation)
    {
        if (needs == Need.None && features.Count == 0)
            return [.. qubes.Select(qube => new QubeRow(qube))];
        var rows = new ConcurrentBag<QubeRow>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(qubes, limits, async (qube, token) =>
        {
            try
            {
                rows.Add(await LoadOneAsync(qube, token));
            }
            catch (Exception e) when (e is AdminException { IsNoSuchQube: true } or UsageException)
            {
                // Removed since the list was made: disposables come and go.
            }
        });
        return [.. rows];
    }

    private async Task<QubeRow> LoadOneAsync(QubeEntry qube, CancellationToken cancellation)
    {
        var row = new QubeRow(qube);
        if (needs.HasFlag(Need.Properties))
            row.Properties = await new PropertyHolder(session, qube.Name).GetAllAsync(cancellation);
        if (needs.HasFlag(Need.Volumes))
            row.Volumes = await VolumesAsync(qube.Name, cancellation);
        if (needs.HasFlag(Need.Tags))
            row.Tags = AnswerText.Lines(await CallAsync("admin.vm.tag.List", qube.Name, "", cancellation));
        if (needs.HasFlag(Need.CurrentState))
            row.CurrentState = AnswerText.Pairs((await CallAsync("admin.vm.CurrentState", qube.Name, "", cancellation)).Split(' '));
        if (needs.HasFlag(Need.Memory))
            row.Memory = AnswerText.Pairs((await CallAsync("admin.vm.Memory", qube.Name, "", cancellation)).Split(' '));
        if (features.Count > 0)
            row.Features = await FeaturesAsync(qube.Name, cancellation);
        return row;
    }

    private async Task<IReadOnlyDictionary<string, string?>> FeaturesAsync(string qube, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in features)
            values[name] = await Feature.GetAsync(session, qube, name, cancellation);
        return values;
    }

    private async Task<IReadOnlyDictionary<string, VolumeInfo>> VolumesAsync(string qube, CancellationToken cancellation)
    {
        var volumes = new QubeVolumes(session, qube);
        var infos = new Dictionary<string, VolumeInfo>(StringComparer.Ordinal);
        foreach (var name in await volumes.ListAsync(cancellation))
            infos[name] = await volumes.InfoAsync(name, cancellation);
        return infos;
    }

    private Task<string> CallAsync(string method, string qube, string argument, CancellationToken cancellation) =>
        session.Admin.CallAsync(method, qube, argument, cancellation: cancellation);
}
