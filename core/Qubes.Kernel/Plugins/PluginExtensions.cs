using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>What the active plugins offer, in the order in which they were loaded, then what scripts do.</summary>
internal sealed class PluginExtensions : IExtensions
{
    private volatile IReadOnlyList<PluginInstance> plugins = [];
    private volatile IReadOnlyList<object> ofScripts = [];

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyList<T> All<T>() where T : class => [.. plugins.SelectMany(plugin => plugin.All<T>()), .. ofScripts.OfType<T>()];

    /// <summary>On the kernel loop: replaces the active plugins and tells everyone.</summary>
    public void Publish(IReadOnlyList<PluginInstance> active)
    {
        plugins = active;
        Changed?.Invoke();
    }

    /// <summary>On the kernel loop: replaces what scripts offer, which comes after what plugins do, and tells everyone.</summary>
    public void PublishScripts(IReadOnlyList<object> offered)
    {
        ofScripts = offered;
        Changed?.Invoke();
    }
}
