using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Features;

/// <summary>Which disposables are preloads, as their features say (spec: preloaded disposables, section 2.1).</summary>
internal sealed class FeatureReserve : IDisposableReserve
{
    /// <summary>In its template's queue, or taken from it and not handed over yet.</summary>
    public bool Holds(IQube disposable) =>
        disposable.Features.GetValueOrDefault(PreloadFeatures.InProgress) is { Length: > 0 }
        || (disposable.Template?.Features.TryGetValue(PreloadFeatures.Queue, out var queue) == true
            && queue.Split(' ').Contains(disposable.Name));
}
