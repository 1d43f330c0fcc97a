using System.Collections.Frozen;
using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Scopes;
using Qubes.Kernel.Plugins.Settings;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// A loaded plugin: its lifetime scope, its place on the bus, and what it offers. Disposing ends the scope, and with it the plugin's
/// subscriptions; its code stays. Nobody may keep a reference to the plugin's objects after that.
/// </summary>
internal sealed class PluginInstance(
    Generation generation, int rank, OwnedEventBus bus, PluginSection section, PluginScope scope,
    FrozenDictionary<Type, object[]> extensions) : IAsyncDisposable
{
    /// <summary>The plugin's name.</summary>
    public string Name => Generation.Name;

    /// <summary>Its code.</summary>
    public Generation Generation { get; } = generation;

    /// <summary>Its place among the plugins, from 0: higher than those of the plugins it requires.</summary>
    public int Rank { get; } = rank;

    /// <summary>Its place on the bus.</summary>
    public OwnedEventBus Bus { get; } = bus;

    /// <summary>The configuration that it goes by.</summary>
    public PluginSection Section { get; } = section;

    /// <summary>Its services in the order in which they were registered.</summary>
    public IEnumerable<IKernelService> Services => All<IKernelService>();

    /// <summary>Those that were told to start, the last one on top.</summary>
    public Stack<IKernelService> Started { get; } = [];

    /// <summary>What the plugin registered as the extension point, in that order.</summary>
    public IEnumerable<T> All<T>() where T : class =>
        extensions.TryGetValue(typeof(T), out var all) ? all.Cast<T>() : [];

    public async ValueTask DisposeAsync()
    {
        using (Bus)
            await scope.DisposeAsync();
    }
}
