using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>What a template passes on to the qubes based on it (spec: domain model, section 3.2).</summary>
internal sealed class TemplateRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private static readonly string[] PassedOn =
    [
        "default_user", "kernel", "kernelopts", "vcpus", "memory", "maxmem", "qrexec_timeout", "shutdown_timeout", "management_dispvm",
    ];

    public void Attach()
    {
        events.Subscribe<PropertySet>(OnSet);
        events.Subscribe<PropertyReset>(OnReset);
    }

    private void OnSet(PropertySet e)
    {
        if (e.Subject is not Qube qube)
            return;
        if (e.Name == "template")
            qubes.RepointSnapshots(qube);
        if (!Equals(e.NewValue, e.OldValue))
            PassOn(qube, e.Name);
    }

    private void OnReset(PropertyReset e)
    {
        if (e is { Subject: Qube qube, IsExplicit: true })
            PassOn(qube, e.Name);
    }

    private void PassOn(Qube template, string property)
    {
        if (template.Class != QubeClass.TemplateVM)
            return;
        if (property == "appvm_default_bootmode")
            Announce(template, "bootmode");
        else if (PassedOn.Contains(property))
            Announce(template, property);
    }

    private void Announce(Qube template, string property)
    {
        foreach (var child in qubes.Machines.Where(q => q.Template == template && q.Properties.IsDefault(property)).ToList())
            events.Fire(new PropertyReset(child, property));
    }
}
