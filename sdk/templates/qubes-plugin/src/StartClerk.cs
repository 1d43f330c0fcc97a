using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace PLUGIN_NAMESPACE;

/// <summary>Writes down, in a feature of each qube that starts, when it did.</summary>
internal sealed class StartClerk(IEventBus events, TimeProvider time, IConfiguration settings) : IKernelService
{
    // The plugin's own section of qubesd.conf.
    private readonly string feature = settings["feature"] ?? "last-start";

    public Task StartAsync(CancellationToken cancel)
    {
        // Ends with the plugin.
        events.Subscribe<QubeStarted>(Note);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    // Called on the kernel loop: between two awaits nothing else reads or changes a qube.
    private void Note(QubeStarted e) => e.Qube.Features.Set(feature, time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ"));
}
