using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>What changes how a qube looks, boots or types, besides the property itself (spec: domain model, section 3.2).</summary>
internal sealed class AppearanceRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private const string BootMode = "boot-mode.";

    public void Attach()
    {
        events.Subscribe<PropertySet>(e => OnChange(e.Subject, e.Name));
        events.Subscribe<PropertyReset>(e => OnChange(e.IsExplicit ? e.Subject : null, e.Name));
        events.Subscribe<FeatureSet>(e => OnFeature(e.Qube, e.Feature));
        events.Subscribe<FeatureDeleted>(e => OnFeature(e.Qube, e.Feature));
    }

    private void OnChange(IQube? subject, string property)
    {
        if (subject is not Qube qube)
            return;
        if (property is "label" or "template_for_dispvms")
            events.Fire(new PropertyReset(qube, "icon"));
        if (property == "guivm")
            events.Fire(new PropertyReset(qube, "keyboard_layout"));
        if (property == "keyboard_layout")
            PassOnLayout(qube);
    }

    private void PassOnLayout(Qube gui)
    {
        foreach (var qube in qubes.Machines.Where(q => q != gui && q.HasNetvm
            && q.Properties.IsDefault("keyboard_layout") && q.Properties.Get(Declarations.ReferenceDeclarations.Guivm) == gui).ToList())
            events.Fire(new PropertyReset(qube, "keyboard_layout"));
    }

    private void OnFeature(IQube qube, string feature)
    {
        if (feature == "servicevm")
            events.Fire(new PropertyReset(qube, "icon"));
        if (!feature.StartsWith(BootMode, StringComparison.Ordinal) || qube is not Qube { HasNetvm: true } machine)
            return;
        events.Fire(new PropertyReset(qube, "bootmode"));
        if (feature == "boot-mode.appvm-default" && machine.Class == QubeClass.TemplateVM)
            events.Fire(new PropertyReset(qube, "appvm_default_bootmode"));
    }
}
