using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>
/// What follows from a changed property in other properties and in features (spec: domain model, section 3.2 and the
/// table of section 4).
/// </summary>
internal sealed class PropertyConsequences(QubeRegistry qubes, IEventBus events)
{
    private static readonly string[] PassedOnByTemplates =
    [
        "default_user", "kernel", "kernelopts", "vcpus", "memory", "maxmem", "qrexec_timeout", "shutdown_timeout", "management_dispvm",
    ];

    /// <summary>Begins to act on changes; loading the state is not one.</summary>
    public void Attach()
    {
        events.Subscribe<PropertySet>(OnSet);
        events.Subscribe<PropertyReset>(OnReset);
    }

    private void OnSet(PropertySet e)
    {
        if (e.Subject is not Qube qube)
        {
            OnSystemChange(e.Name);
            return;
        }
        if (e.Name is "label" or "template_for_dispvms")
            events.Fire(new PropertyReset(qube, "icon"));
        if (e.Name == "template")
            qubes.RepointSnapshots(qube);
        if (e.Name == "provides_network")
            MarkService(qube, isService: (bool?)e.NewValue == true);
        if (qube.Class == QubeClass.TemplateVM && PassedOnByTemplates.Contains(e.Name) && !Equals(e.NewValue, e.OldValue))
            AnnounceToChildren(qube, e.Name);
    }

    private void OnReset(PropertyReset e)
    {
        if (e.Subject is null)
            OnSystemChange(e.Name);
    }

    private void OnSystemChange(string property)
    {
        var follower = property switch
        {
            "default_dispvm" => "default_dispvm",
            "default_netvm" => "netvm",
            _ => null,
        };
        if (follower is null)
            return;
        foreach (var qube in qubes.Machines.Where(q => q.Properties.IsDefault(follower)).ToList())
            events.Fire(new PropertyReset(qube, follower));
    }

    private void MarkService(Qube qube, bool isService)
    {
        if (isService)
            qube.Features.Set("servicevm", "1");
        else if (qube.Features.ContainsKey("servicevm"))
            qube.Features.Remove("servicevm");
        events.Fire(new PropertyReset(qube, "icon"));
    }

    private void AnnounceToChildren(Qube template, string property)
    {
        foreach (var child in qubes.Machines.Where(q => q.Template == template && q.Properties.IsDefault(property)).ToList())
            events.Fire(new PropertyReset(child, property));
    }
}
