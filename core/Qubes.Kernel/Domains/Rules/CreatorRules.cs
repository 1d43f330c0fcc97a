using Qubes.Kernel.Domains.Declarations;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>What a qube decides for those that it creates (spec: domain model, section 3.2).</summary>
internal sealed class CreatorRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private const string CreatedBy = "created-by-";

    public void Attach() => events.Subscribe<TagAdded>(OnTagged);

    private void OnTagged(TagAdded e)
    {
        if (!e.Tag.StartsWith(CreatedBy, StringComparison.Ordinal) || e.Qube is not Qube created
            || !qubes.TryFind(e.Tag[CreatedBy.Length..], out var found) || found is not Qube creator)
            return;
        var tags = creator.Features.GetValueOrDefault("tag-created-vm-with") ?? "";
        foreach (var tag in tags.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            created.Tags.Add(tag);
        if (created.HasNetvm && creator.Features.GetValueOrDefault("set-created-guivm") is { Length: > 0 } name
            && qubes.TryFind(name, out var gui))
            created.Properties.Set(ReferenceDeclarations.Guivm, gui);
    }
}
