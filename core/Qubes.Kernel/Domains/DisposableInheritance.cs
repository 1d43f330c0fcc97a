using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains;

/// <summary>What a disposable takes over from its disposable template (spec: domain model, section 2.1).</summary>
internal static class DisposableInheritance
{
    // A disposable must not believe that it keeps preloads of its own, or that its network waits for a change of its template's.
    private const string PreloadFeatures = "preload-dispvm";

    private static bool IsPassedOn(string feature) =>
        !feature.StartsWith(PreloadFeatures, StringComparison.Ordinal) && feature != Rules.DeferredNetworks.Original;

    public static void Apply(Qube template, Qube disposable, IEventBus events)
    {
        var copied = new List<string>();
        foreach (var (name, value) in template.Properties.Explicit)
        {
            if (name == QubeProperties.Template.Name || disposable.Properties.Explicit.ContainsKey(name) ||
                !disposable.Properties.Declares(name) || !disposable.Properties.Find(name).IsCloned)
                continue;
            disposable.Properties.Restore(name, value, alreadyStored: false);
            copied.Add(name);
        }
        events.Fire(new PropertiesCloned(disposable, template, copied));
        foreach (var (name, value) in template.Features.Where(f => IsPassedOn(f.Key)))
            disposable.Features.Set(name, value);
        if (!template.Firewall.SequenceEqual([FirewallRule.AcceptAll]))
            disposable.Firewall = template.Firewall;
        // Who made the template says nothing about who asked for the disposable.
        foreach (var tag in template.Tags.Where(t => !t.StartsWith("created-by-", StringComparison.Ordinal) && !t.StartsWith("disp-created-by-", StringComparison.Ordinal)))
            disposable.Tags.Add(tag);
    }
}
