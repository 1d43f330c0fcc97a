using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.GuiHiding;

/// <summary>
/// Sets and removes the feature <c>internal</c>, by which menus, questions of the policy and tools that act on "all" qubes
/// pass a qube over. Display and sound do not look at it: their daemons leave a qube alone as long as its property
/// <c>is_preload</c> is true, and look again at each <c>property-reset:is_preload</c>, the last of which follows the removal
/// of the feature (spec: preloaded disposables, section 10).
/// </summary>
internal sealed class HidingRules(IEventBus events) : IKernelService
{
    private const string Internal = "internal";

    private readonly List<IDisposable> subscriptions = [];

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange([events.Subscribe<PreloadCreated>(Hide), events.Subscribe<PreloadUsing>(Show)]);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return Task.CompletedTask;
    }

    private static void Hide(PreloadCreated e) => e.Qube.Features.Set(Internal, "1");

    // What its template passes on to every disposable stays.
    private static void Show(PreloadUsing e)
    {
        var isInherited = e.Qube.Template!.Features.GetValueOrDefault(Internal) is { Length: > 0 };
        if (!isInherited && e.Qube.Features.ContainsKey(Internal))
            e.Qube.Features.Remove(Internal);
    }
}
