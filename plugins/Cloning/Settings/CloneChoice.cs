using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Settings;

/// <summary>What the owner of a disposable template has chosen.</summary>
internal static class CloneChoice
{
    /// <summary>Whether disposables may be based on the qube.</summary>
    public static bool AllowsDisposables(IQube qube) =>
        qube.Class is QubeClass.AppVM or QubeClass.StandaloneVM && qube.Properties.Get(QubeProperties.TemplateForDispvms);

    /// <summary>Its disposables are always booted.</summary>
    public static bool IsRefused(IQube template) => template.Features.CheckWithTemplate(CloneFeatures.Clone) is "" or "0";

    /// <summary>Its preloads are always booted.</summary>
    public static bool IsRefusedForPreloads(IQube template) => template.Features.CheckWithTemplate(CloneFeatures.ClonePreloads) is "" or "0";

    /// <summary>Whether its copies share memory.</summary>
    public static CloneMemory MemoryOf(IQube template) =>
        template.Features.CheckWithTemplate(CloneFeatures.Clone) == "private" ? CloneMemory.Private : CloneMemory.Shared;
}
