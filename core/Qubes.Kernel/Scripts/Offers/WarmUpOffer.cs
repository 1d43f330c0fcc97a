using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Services that warm up templates; only data, so that nobody waits for the script.</summary>
internal sealed class WarmUpOffer(string templates, IReadOnlyList<string> services)
    : ScriptOffer($"warm-up of {templates}: {string.Join(' ', services)}"), IWarmUpRecipes
{
    public IReadOnlyList<string> ServicesFor(IQube template) => NamePattern.Fits(templates, template.Name) ? services : [];

    public override object Extension(ScriptRun run) => this;
}
