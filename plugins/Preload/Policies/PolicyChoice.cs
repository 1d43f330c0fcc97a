using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>Which policy a template has chosen, of ours and other plugins'.</summary>
internal sealed class PolicyChoice(IQubes qubes, IEnumerable<IPreloadPolicy> own, IExtensions extensions)
{
    private readonly IPreloadPolicy[] own = [.. own];

    /// <summary>All by name; of two with one name the first, ours before others'.</summary>
    public IEnumerable<IPreloadPolicy> All => own.Concat(extensions.All<IPreloadPolicy>().Except(own)).DistinctBy(p => p.Name);

    /// <summary>The name that counts: the template's own, else the host's, else the reference daemon's way. An empty one is none.</summary>
    public string NameFor(IQube template) => NameOn(template) ?? NameOn(qubes.AdminVm) ?? StaticPolicy.PolicyName;

    public IPreloadPolicy? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    private static string? NameOn(IQube qube) =>
        qube.Features.GetValueOrDefault(PreloadFeatures.Policy) is { Length: > 0 } name ? name : null;
}
