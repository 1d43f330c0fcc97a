using Microsoft.Extensions.Logging;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>What the active plugins offer, in the order in which they were loaded, then what scripts do.</summary>
internal sealed class PluginExtensions(ILogger<PluginExtensions> log) : IExtensions
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
        Tell();
    }

    /// <summary>On the kernel loop: replaces what scripts offer, which comes after what plugins do, and tells everyone.</summary>
    public void PublishScripts(IReadOnlyList<object> offered)
    {
        ofScripts = offered;
        Tell();
    }

    /// <summary>Takes off what a plugin that has ended left behind: it would keep its code in memory, and be called.</summary>
    /// <returns>The methods, for people.</returns>
    public IReadOnlyList<string> Forget(Generation ended)
    {
        List<string> left = [];
        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            if (handler.Target is { } target && ended.Owns(target))
            {
                Changed -= (Action)handler;
                left.Add(Turn.NameOf(handler.Method));
            }
        }
        return left;
    }

    private void Tell()
    {
        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action)handler)();
            }
            catch (Exception e) // One that fails is no reason not to tell the others.
            {
                Log.ChangeNotTaken(log, e, Turn.NameOf(handler.Method));
            }
        }
    }
}
