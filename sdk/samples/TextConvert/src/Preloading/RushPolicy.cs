using Acme.TextConvert.Settings;
using Qubes.Sdk.Disposables;

namespace Acme.TextConvert.Preloading;

/// <summary>
/// Documents come in rushes: half as many disposables are kept ahead as were asked for of late, at least one, and no more where memory is
/// short. A pure decision: the same view, the same answer.
/// </summary>
internal sealed class RushPolicy(ConversionSettings settings) : IPreloadPolicy
{
    public string Name => "acme-rush";

    public PreloadTarget TargetOf(PreloadView view)
    {
        if (view.AvailableBytes is { } left && left < view.BytesEach)
            return new(Math.Min(view.Queued, view.Max), "memory is short");
        var recent = view.Demand.Recent.Count(at => view.Now - at < settings.Rush);
        return new(Math.Min(Math.Max(1, (recent + 1) / 2), view.Max), $"{recent} documents within {settings.Rush.TotalMinutes:0} min");
    }
}
