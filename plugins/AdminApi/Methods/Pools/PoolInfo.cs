using System.Globalization;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Pools;

/// <summary>How pools are described (spec: Admin API, section 6.8).</summary>
internal static class PoolInfo
{
    /// <summary>Configuration in the order of its keys, then how full the pool is, then what it lies in.</summary>
    public static string Of(IStoragePool pool, IEnumerable<IStoragePool> all)
    {
        PoolConfiguration configuration = pool.Configuration;
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = configuration.Name,
            ["driver"] = configuration.Driver,
        };
        foreach (var (key, value) in configuration.Options)
            values[key] = value;
        // Clients read these two whether they were given or not.
        values["revisions_to_keep"] = Text(configuration.RevisionsToKeep);
        values["ephemeral_volatile"] = configuration.EphemeralVolatile ? "True" : "False";

        PoolUsage usage = pool.Measure();
        IStoragePool? around = Around(pool, all);
        return Method.Lines(
        [
            .. values.Select(v => $"{v.Key}={v.Value}"),
            .. Known("size", usage.Size),
            .. Known("usage", usage.Used),
            .. around is null ? Array.Empty<string>() : ["included_in=" + around.Configuration.Name],
        ]);
    }

    public static string Usage(IStoragePool pool)
    {
        PoolUsage usage = pool.Measure();
        return Method.Lines([.. Known("data_size", usage.Size), .. Known("data_usage", usage.Used)]);
    }

    /// <summary>The pool whose directory is nearest above.</summary>
    private static IStoragePool? Around(IStoragePool pool, IEnumerable<IStoragePool> all) => pool.Directory is not { } inner
        ? null
        : all.Where(p => p.Directory is { } outer && inner.StartsWith(outer.TrimEnd('/') + "/", StringComparison.Ordinal) && outer != inner)
            .MaxBy(p => p.Directory!.Length);

    private static IEnumerable<string> Known(string key, long? value) => value is { } known ? [$"{key}={Text(known)}"] : [];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
