using Qubes.Kernel.Domains.Declarations;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>
/// A qube's guivm and audiovm show as tags, so that policy can name them; and those are not shut down under their clients
/// (spec: domain model, section 3.2).
/// </summary>
internal sealed class GuiRules(QubeRegistry qubes, IEventBus events) : IDomainRules
{
    private static readonly PropertyKey<IQube>[] Roles = [ReferenceDeclarations.Guivm, ReferenceDeclarations.Audiovm];

    public void Attach()
    {
        events.Subscribe<PropertySet>(OnSet);
        events.Subscribe<PropertyReset>(OnReset);
        events.SubscribeAsync<QubeShuttingDown>(OnShuttingDownAsync);
        foreach (var qube in qubes.Machines)
            Tag(qube);
    }

    /// <summary>Gives a qube the tags of its present guivm and audiovm.</summary>
    public static void Tag(Qube qube)
    {
        if (!qube.HasNetvm)
            return;
        foreach (var role in Roles)
            Tag(qube, role);
    }

    private static void Tag(Qube qube, PropertyKey<IQube> role)
    {
        var prefix = role.Name + "-";
        var wanted = qube.Properties.Get(role) is { } target ? prefix + target.Name : null;
        foreach (var tag in qube.Tags.Where(t => t.StartsWith(prefix, StringComparison.Ordinal) && t != wanted).ToList())
            qube.Tags.Remove(tag);
        if (wanted is not null)
            qube.Tags.Add(wanted);
    }

    private void OnSet(PropertySet e)
    {
        if (e.Subject is null)
            Follow(e.Name, e.NewValue, e.OldValue);
        else if (e.Subject is Qube qube && Array.Find(Roles, r => r.Name == e.Name) is { } role)
            Tag(qube, role);
    }

    private void OnReset(PropertyReset e)
    {
        if (!e.IsExplicit)
            return;
        if (e.Subject is null)
            Follow(e.Name, newValue: null, e.OldValue);
        else if (e.Subject is Qube qube && Array.Find(Roles, r => r.Name == e.Name) is { } role)
            Tag(qube, role);
    }

    // Qubes that follow the system's choice are told as if it had been set on them.
    private void Follow(string systemProperty, object? newValue, object? oldValue)
    {
        if (Array.Find(Roles, r => "default_" + r.Name == systemProperty) is not { } role)
            return;
        foreach (var qube in qubes.Machines.Where(q => q.HasNetvm && q.Properties.IsDefault(role.Name)).ToList())
            events.Fire(new PropertySet(qube, role.Name, newValue ?? qube.Properties.Get(role), oldValue));
    }

    private Task OnShuttingDownAsync(QubeShuttingDown e, CancellationToken cancel)
    {
        if (e.Force || e.Qube is not Qube qube)
            return Task.CompletedTask;
        if (RunningClient(qube, ReferenceDeclarations.Guivm, countsPreloads: true) is { } shown)
            throw new QubeException($"'{qube.Name}' shows the windows of '{shown.Name}', which runs; shut that down first, or use force");
        if (RunningClient(qube, ReferenceDeclarations.Audiovm, countsPreloads: false) is { } heard)
            throw new QubeInUseException($"'{qube.Name}' plays the sound of '{heard.Name}', which runs; shut that down first, or use force");
        return Task.CompletedTask;
    }

    private Qube? RunningClient(Qube server, PropertyKey<IQube> role, bool countsPreloads) =>
        qubes.Machines.FirstOrDefault(q => q.HasNetvm && q != server && q.Lifecycle.IsRunning
            && (countsPreloads || !q.IsNobodys) && q.Properties.Get(role) == server);
}
