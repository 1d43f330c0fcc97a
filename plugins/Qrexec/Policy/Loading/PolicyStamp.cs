namespace Qubes.Policy.Loading;

/// <summary>The state of everything on the disk that a loaded policy depends on.</summary>
public sealed class PolicyStamp
{
    // Clocks of file systems count in ticks of up to 10 ms. What changed within a tick of being read may have changed again unseen.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly KeyValuePair<string, FileStatus>[] seen;

    internal PolicyStamp(IEnumerable<KeyValuePair<string, FileStatus>> seen) => this.seen = [.. seen];

    /// <summary>Paths looked at.</summary>
    public IEnumerable<string> Paths => seen.Select(s => s.Key);

    /// <summary>Whether nothing of it has changed since, as far as the file system can tell.</summary>
    public bool IsCurrent()
    {
        foreach (var (path, status) in seen)
        {
            if (FileStatus.Of(path) != status)
                return false;
        }
        return true;
    }

    /// <summary>Whether the newest change lies far enough before the reading that a later one shows.</summary>
    /// <param name="readAt">When reading began.</param>
    public bool IsSettled(DateTimeOffset readAt)
    {
        long limit = (readAt - DateTimeOffset.UnixEpoch - Tick).Ticks * 100;
        return seen.All(s => s.Value.Changed < limit);
    }
}
