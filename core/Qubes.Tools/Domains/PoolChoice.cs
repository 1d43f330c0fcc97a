using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>
/// The options <c>-P POOL</c> for all volumes a new qube keeps and <c>--pool VOLUME=POOL</c> for one. Both names take both
/// forms, and
/// <c>POOL:VOLUME</c>, as scripts for older releases have it.
/// </summary>
internal sealed class PoolChoice
{
    private readonly Option<string[]> one = new("--pool", "-p")
    {
        Description = "The storage pool of one volume (repeatable)",
        HelpName = "VOLUME=POOL",
    };

    private readonly Option<string[]> all = new("-P")
    {
        Description = "The storage pool of all volumes but those that are snapshots of another qube's",
        HelpName = "POOL",
    };

    public void AddTo(Command command)
    {
        command.Add(one);
        command.Add(all);
    }

    /// <exception cref="UsageException">Several pools for all, or one for all and one for a volume.</exception>
    public string? ForAll(ParseResult line)
    {
        var words = Words(line);
        return words.Where(word => Split(word) is null).ToList() switch
        {
            [] => null,
            [var pool] when words.Length == 1 => pool,
            _ => throw new UsageException("-P POOL is accepted once, and not with --pool VOLUME=POOL"),
        };
    }

    public IReadOnlyDictionary<string, string> ByVolume(ParseResult line)
    {
        var pools = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (volume, pool) in Words(line).Select(Split).OfType<(string, string)>())
            pools[volume] = pool;
        return pools;
    }

    private string[] Words(ParseResult line) => [.. line.GetValue(all) ?? [], .. line.GetValue(one) ?? []];

    private static (string Volume, string Pool)? Split(string word) =>
        word.Split('=') is [{ Length: > 0 } volume, { Length: > 0 } pool] ? (volume, pool)
        : word.Split(':') is [{ Length: > 0 } first, { Length: > 0 } second] ? (second, first)
        : word.AsSpan().ContainsAny('=', ':') ? throw new UsageException($"--pool '{word}': VOLUME=POOL is accepted")
        : null;
}
