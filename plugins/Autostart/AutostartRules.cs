using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Autostart;

/// <summary>
/// Keeps the links as the property says. A link that cannot be made or removed refuses the change; and should the change be
/// refused by somebody else afterwards, the link goes back. At the start, links are made to fit the state.
/// </summary>
internal sealed class AutostartRules(IEventBus events, IQubes qubes, IKernelLoop loop, UnitLinks links, ILogger<AutostartRules> log)
    : IKernelService
{
    private readonly List<IDisposable> subscriptions = [];

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<PropertySetting>(OnSetting),
            events.Subscribe<PropertyResetting>(OnResetting),
            events.Subscribe<PropertySet>(e => OnChanged(e.Subject, e.Name)),
            events.Subscribe<PropertyReset>(e => OnChanged(e.Subject, e.Name)),
            events.Subscribe<QubeAdded>(e => Fit(e.Qube)),
            events.Subscribe<QubeRemoved>(e => TryLink(e.Qube.Name, isLinked: false)),
        ]);
        foreach (var gone in links.Names().Where(name => !qubes.TryFind(name, out _)))
            TryLink(gone, isLinked: false);
        foreach (var qube in qubes)
            Fit(qube);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return Task.CompletedTask;
    }

    private void OnSetting(PropertySetting e)
    {
        if (e.Subject is { } qube && e.Name == QubeProperties.Autostart.Name)
            Change(qube, isLinked: e.NewValue is true && OutlivesItsRun(qube));
    }

    private void OnResetting(PropertyResetting e)
    {
        if (e.Subject is { } qube && e.Name == QubeProperties.Autostart.Name)
            Change(qube, isLinked: false);
    }

    private void OnChanged(IQube? subject, string property)
    {
        if (subject is not null && property == QubeProperties.AutoCleanup.Name)
            Fit(subject);
    }

    // Others may still refuse; in a later turn the property shows whether they did.
    private void Change(IQube qube, bool isLinked)
    {
        loop.Post(() => Fit(qube));
        links.Set(qube.Name, isLinked);
    }

    private void Fit(IQube qube)
    {
        if (qube.Class is QubeClass.AdminVM or QubeClass.RemoteVM)
            return;
        var isPresent = qubes.TryFind(qube.Name, out var present) && present == qube;
        TryLink(qube.Name, isPresent && qube.Properties.Get(QubeProperties.Autostart) && OutlivesItsRun(qube));
    }

    // A disposable that goes when it stops is never there when the host starts.
    private static bool OutlivesItsRun(IQube qube) =>
        qube.Class != QubeClass.DispVM || !qube.Properties.Get(QubeProperties.AutoCleanup);

    // Where nobody waits for an answer.
    private void TryLink(string qube, bool isLinked)
    {
        try
        {
            links.Set(qube, isLinked);
        }
        catch (QubesException e)
        {
            Log.NotLinked(log, e.Message);
        }
    }
}
