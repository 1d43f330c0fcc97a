using Qubes.Plugins.Preload.Queue;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>Why a template's queue is shorter than it should be, where the last attempt to fill it tells.</summary>
internal sealed class Shortfalls(PreloadQueue queue)
{
    private readonly Dictionary<IQube, string> reasons = [];

    public void Note(IQube template, string reason) => reasons[template] = reason;

    public void Clear(IQube template) => reasons.Remove(template);

    /// <summary>For people; null: the queue is full, or is being filled.</summary>
    public string? WhyNotFull(IQube template) =>
        queue.VacancyOf(template) > 0 ? reasons.GetValueOrDefault(template) : null;
}
