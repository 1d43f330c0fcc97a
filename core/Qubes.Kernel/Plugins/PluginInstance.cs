using System.Collections.Frozen;
using Qubes.Kernel.Plugins.Loading;
using Qubes.Kernel.Plugins.Scopes;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// A loaded plugin: its code, its lifetime scope, and what it offers. Disposing ends the scope, with it the plugin's
/// subscriptions, and begins the unloading. Nobody may keep a reference to the plugin's objects after that.
/// </summary>
internal sealed class PluginInstance(
    string name, PluginLoader loader, PluginScope scope, FrozenDictionary<Type, object[]> extensions) : IAsyncDisposable
{
    /// <summary>The plugin's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its services in the order in which they were registered.</summary>
    public IEnumerable<IKernelService> Services => All<IKernelService>();

    /// <summary>What the plugin registered as the extension point, in that order.</summary>
    public IEnumerable<T> All<T>() where T : class =>
        extensions.TryGetValue(typeof(T), out var all) ? all.Cast<T>() : [];

    public async ValueTask DisposeAsync()
    {
        using (loader)
            await scope.DisposeAsync();
    }
}
