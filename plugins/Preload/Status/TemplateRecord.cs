using Qubes.Plugins.Preload.Discards;

namespace Qubes.Plugins.Preload.Status;

/// <summary>What came of one template's requests and starts since the daemon started.</summary>
internal sealed class TemplateRecord
{
    private readonly Dictionary<RequestOutcome, Durations> requests = Enum.GetValues<RequestOutcome>().ToDictionary(o => o, _ => new Durations());
    private readonly Queue<RequestOutcome> last = new();

    /// <summary>Requests by outcome.</summary>
    public Dictionary<RequestOutcome, long> Requests { get; } = Zero<RequestOutcome>();

    /// <summary>Preloads whose start is over, by what came of it.</summary>
    public Dictionary<StartOutcome, long> Starts { get; } = Zero<StartOutcome>();

    /// <summary>Discarded preloads by kind of reason.</summary>
    public Dictionary<DiscardKind, long> Discards { get; } = Zero<DiscardKind>();

    /// <summary>The last start that failed, or preload that was not handed out; null: none.</summary>
    public Moment? LastFailure { get; set; }

    /// <summary>The part of the last 512 requests that a preload served, 0 to 1; null: there were none.</summary>
    public double? HitRate => last.Count == 0 ? null : (double)last.Count(o => o != RequestOutcome.Missed) / last.Count;

    /// <summary>
    /// How long requests took until the caller had a disposable that runs. One that no preload served is in it when its
    /// disposable has started, so there may be fewer than requests.
    /// </summary>
    public Durations DurationsOf(RequestOutcome outcome) => requests[outcome];

    public void Count(RequestOutcome outcome)
    {
        Requests[outcome]++;
        if (last.Count == Durations.Window)
            last.Dequeue();
        last.Enqueue(outcome);
    }

    private static Dictionary<T, long> Zero<T>() where T : struct, Enum => Enum.GetValues<T>().ToDictionary(k => k, _ => 0L);
}
