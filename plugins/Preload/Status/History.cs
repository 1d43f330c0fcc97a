namespace Qubes.Plugins.Preload.Status;

/// <summary>The last things that happened, of all templates together. Not kept over restarts.</summary>
internal sealed class History(TimeProvider time)
{
    public const int Longest = 1000;
    private const int LongestDetail = 500;

    private readonly Queue<Moment> moments = new();

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<Moment> All => moments;

    public Moment Add(string template, string kind, string? qube, string? detail = null)
    {
        if (moments.Count == Longest)
            moments.Dequeue();
        var moment = new Moment(time.GetUtcNow(), template, kind, qube, Bounded(detail));
        moments.Enqueue(moment);
        return moment;
    }

    private static string? Bounded(string? detail) => detail is { Length: > LongestDetail } ? detail[..LongestDetail] + "…" : detail;
}
