namespace Qubes.Sdk.Plugins;

/// <summary>
/// Extension point: started with its plugin, stopped before the plugin is unloaded; plugins start in dependency order and
/// stop in reverse. A constructor may ask for: <c>IKernelLoop</c>, <c>IEventBus</c>, <c>IQubes</c>, <c>IDisposables</c>, <c>IDeferredNetworks</c>,
/// <c>IExtensions</c>, <c>IPluginControl</c>, <c>QubesPaths</c>, <c>IConfiguration</c> (the plugin's own section), <c>ILoggerFactory</c>,
/// <c>ILogger&lt;T&gt;</c>, <c>TimeProvider</c>, <c>Random</c>.
/// </summary>
public interface IKernelService
{
    /// <summary>Called on the kernel loop; returns when the service answers.</summary>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Called on the kernel loop; returns when nothing of the service runs any more.</summary>
    Task StopAsync(CancellationToken cancel);
}
