using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>What follows from a property of the system (spec: domain model, section 4).</summary>
internal sealed class SystemRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private const string ClockSync = "service.clocksync";

    public void Attach()
    {
        events.Subscribe<PropertySet>(e => OnChange(e.Subject, e.Name, e.OldValue));
        events.Subscribe<PropertyReset>(e => OnChange(e.IsExplicit ? e.Subject : qubes.AdminVm, e.Name, e.OldValue));
    }

    private void OnChange(IQube? subject, string property, object? oldValue)
    {
        if (subject is not null)
            return;
        if (property == "default_dispvm")
            Announce();
        if (property == "clockvm")
            MoveClock(oldValue as Qube);
    }

    // Disposables are told too, although their default is their template, because clients expect it.
    private void Announce()
    {
        foreach (var qube in qubes.Machines.Append(qubes.AdminVm)
            .Where(q => q.Properties.Declares("default_dispvm") && q.Properties.IsDefault("default_dispvm")).ToList())
            events.Fire(new PropertyReset(qube, "default_dispvm"));
    }

    private void MoveClock(Qube? from)
    {
        var to = qubes.System.Get(new PropertyKey<IQube>("clockvm"));
        if (from is not null && from != to && from.Features.ContainsKey(ClockSync))
            from.Features.Remove(ClockSync);
        to?.Features.Set(ClockSync, "1");
    }
}
