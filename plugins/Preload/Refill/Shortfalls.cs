using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Queue;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>Why a template's queue is shorter than it should be, where the last attempt to fill it tells.</summary>
internal sealed class Shortfalls(PreloadQueue queue, Breakers breakers)
{
    private readonly Dictionary<IQube, string> reasons = [];
    private readonly HashSet<IQube> ofMemory = [];

    /// <summary>Templates that lacked memory when they were last filled.</summary>
    public IReadOnlyCollection<IQube> OfMemory => ofMemory;

    public void Note(IQube template, string reason)
    {
        Clear(template);
        reasons[template] = reason;
    }

    public void NoteMemory(IQube template, string reason)
    {
        reasons[template] = reason;
        ofMemory.Add(template);
    }

    public void Clear(IQube template)
    {
        reasons.Remove(template);
        ofMemory.Remove(template);
    }

    /// <summary>Whether something keeps it from being filled that is not memory.</summary>
    public bool IsBlocked(IQube template) => reasons.ContainsKey(template) && !ofMemory.Contains(template);

    /// <summary>For people; null: the queue is full, or is being filled.</summary>
    public string? WhyNotFull(IQube template) =>
        queue.VacancyOf(template) > 0 ? breakers.Of(template).Message ?? reasons.GetValueOrDefault(template)
        : queue.WantedOf(template) > PreloadQueue.Names(template).Count ? queue.WhyLimited(template)
        : null;
}
