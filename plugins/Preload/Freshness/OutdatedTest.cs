using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Freshness;

/// <summary>Whether a preload still is what its template would give now (spec: preloaded disposables, section 6.1).</summary>
internal static class OutdatedTest
{
    /// <summary>What has changed, the first kind that applies; null: nothing.</summary>
    public static Outdated? Reason(PreloadLife preload)
    {
        var (qube, template) = (preload.Qube, preload.Template);
        if (SizeOf(qube, "private") != SizeOf(template, "private"))
            return new("volumes_size", ["private"]);
        if (qube.Volumes.FirstOrDefault(v => v.Pool.IsOutdated(v)) is { } volume)
            return new("volumes_outdated", [volume.Name]);
        var properties = Differing(qube, template).Union(RecordedSettings.ChangedSince(preload)).Order(StringComparer.Ordinal).ToList();
        return properties.Count > 0 ? new("properties", properties) : null;
    }

    /// <summary>What may be done with it.</summary>
    public static FreshnessClass ClassOf(PreloadLife preload) => Reason(preload) switch
    {
        null => preload.IsUnwanted ? FreshnessClass.ServeButReplace : FreshnessClass.Fresh,
        { Kind: "properties", Names: var names } when names.All(CosmeticSettings.Has) => FreshnessClass.ServeButReplace,
        _ => FreshnessClass.Discard,
    };

    private static long? SizeOf(IQube qube, string volume) => qube.Volumes.FirstOrDefault(v => v.Name == volume)?.Size;

    private static IEnumerable<string> Differing(IQube qube, IQube template)
    {
        var shared = template.Properties.Declared.Select(p => p.Name).ToHashSet();
        return qube.Properties.Declared.Select(p => p.Name)
            .Where(p => RecordedSettings.Compared.Contains(p) && shared.Contains(p)
                && qube.Properties.Read(p).Text != template.Properties.Read(p).Text);
    }
}

/// <summary>Why a preload is outdated.</summary>
/// <param name="Kind"><c>volumes_size</c>, <c>volumes_outdated</c> or <c>properties</c>.</param>
/// <param name="Names">The volumes or properties.</param>
internal sealed record Outdated(string Kind, IReadOnlyList<string> Names)
{
    public override string ToString() => $"{Kind}: {string.Join(", ", Names)}";
}
