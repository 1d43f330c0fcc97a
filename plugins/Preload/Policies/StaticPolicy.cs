using Qubes.Sdk.Disposables;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>The reference daemon's: as many as may be.</summary>
internal sealed class StaticPolicy : IPreloadPolicy
{
    public const string PolicyName = "static";

    public string Name => PolicyName;

    public PreloadTarget TargetOf(PreloadView view) => new(view.Max, "the maximum");
}
