using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Policies;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Queue;

/// <summary>A template's preloads in the order in which they were started. The feature is the queue; nothing else holds it.</summary>
internal sealed class PreloadQueue(IQubes qubes, IEventBus events, PolicyTargets targets, Restraint restraint)
{
    private const char Separator = ' ';
    private readonly HashSet<IQube> beingReplaced = [];

    /// <summary>Names, oldest first; of qubes that may have gone.</summary>
    public static IReadOnlyList<string> Names(IQube template) => Split(template.Features.GetValueOrDefault(PreloadFeatures.Queue));

    public static bool Contains(IQube template, IQube disposable) => Names(template).Contains(disposable.Name);

    public static void Append(IQube template, IQube disposable) => Write(template, [.. Names(template), disposable.Name]);

    /// <summary>Takes names out in one write; quiet when none is in.</summary>
    public static void Remove(IQube template, IReadOnlyCollection<string> names)
    {
        var all = Names(template);
        var rest = all.Where(n => !names.Contains(n)).ToList();
        if (rest.Count < all.Count)
            Write(template, rest);
    }

    /// <summary>How many are wanted and not there; 0 or more.</summary>
    public int VacancyOf(IQube template) => Math.Max(0, TargetOf(template) - Names(template).Count);

    /// <summary>The length that it is to have: what is wanted, at most what scarce memory allows.</summary>
    public int TargetOf(IQube template) =>
        Math.Min(WantedOf(template), restraint.LimitOf(template.Name, Names(template).Count) ?? int.MaxValue);

    /// <summary>The wanted length: what the template's policy says, at most its maximum.</summary>
    public int WantedOf(IQube template) => targets.Of(template).Count;

    /// <summary>Why it may not have its wanted length; null: it may.</summary>
    public string? WhyLimited(IQube template) => TargetOf(template) < WantedOf(template) ? restraint.Reason : null;

    /// <summary>How many names the queue may hold: one more than wanted while an outdated one is replaced.</summary>
    public int LongestOf(IQube template)
    {
        var target = TargetOf(template);
        return target > 0 && beingReplaced.Contains(template) ? target + 1 : target;
    }

    /// <summary>An outdated one stays until its replacement is ready.</summary>
    public void BeginReplacement(IQube template) => beingReplaced.Add(template);

    public void EndReplacement(IQube template) => beingReplaced.Remove(template);

    /// <summary>Whether one more may be started now.</summary>
    public bool HasRoom(IQube template) => Names(template).Count < LongestOf(template);

    /// <summary>Qubes that came or went are told, before clients hear of the queue (spec, section 12a).</summary>
    public void Announce(FeatureSet e)
    {
        if (e.Feature != PreloadFeatures.Queue)
            return;
        var (now, before) = (Split(e.Value), Split(e.OldValue));
        foreach (var name in now.Except(before).Concat(before.Except(now)).ToList())
        {
            if (qubes.TryFind(name, out var qube))
                events.Fire(new PropertyReset(qube, "is_preload"));
        }
    }

    private static void Write(IQube template, IReadOnlyList<string> names) =>
        template.Features.Set(PreloadFeatures.Queue, string.Join(Separator, names));

    /// <summary>The names in a value of the feature; null: none.</summary>
    public static string[] Split(string? names) =>
        names?.Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
