using Qubes.Sdk.Disposables;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>A policy that a script has; <see cref="ScriptPolicy"/> asks it.</summary>
internal sealed class PolicyOffer(string name, Func<PreloadView, PreloadTarget> decide) : ScriptOffer("policy " + name)
{
    public string Name => name;

    public Func<PreloadView, PreloadTarget> Decide => decide;
}
