using System.Diagnostics.CodeAnalysis;
using Qubes.Plugins.Preload.Queue;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Lives;

/// <summary>Every preload from its creation until it is used or gone.</summary>
internal sealed class LivingPreloads
{
    private readonly Dictionary<IQube, PreloadLife> byQube = [];

    public IReadOnlyCollection<PreloadLife> All => byQube.Values;

    public void Add(PreloadLife preload) => byQube.Add(preload.Qube, preload);

    public bool TryFind(IQube qube, [NotNullWhen(true)] out PreloadLife? preload) => byQube.TryGetValue(qube, out preload);

    /// <summary>The ones in a template's queue, oldest first. Names that stand for nothing are passed over.</summary>
    public IReadOnlyList<PreloadLife> QueuedOf(IQube template)
    {
        var names = PreloadQueue.Names(template);
        return [.. byQube.Values.Where(p => p.Template == template && p.Stage.IsQueued() && names.Contains(p.Qube.Name))
            .OrderBy(p => names.Index().First(n => n.Item == p.Qube.Name).Index)];
    }

    /// <summary>Forgets one that was used or is gone.</summary>
    public void Remove(PreloadLife preload) => byQube.Remove(preload.Qube);
}
