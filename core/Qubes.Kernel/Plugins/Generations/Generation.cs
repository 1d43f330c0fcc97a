using System.Runtime.CompilerServices;
using Qubes.Kernel.Plugins.Loading;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Generations;

/// <summary>One load of a plugin: its code, from a copy of its folder that nobody changes.</summary>
internal sealed class Generation(int number, PluginStatus source, StagedFolder folder, PluginLoader loader) : IDisposable
{
    /// <summary>From 1, over all generations of the plugin since the daemon started.</summary>
    public int Number { get; } = number;

    /// <summary>What was found in its folder, with the manifest of the copy.</summary>
    public PluginStatus Source { get; } = source;

    public string Name => Source.Name;

    public PluginReload Reload => Source.Manifest!.Reload;

    /// <summary>Whether its code leaves memory with it; that of a plugin that is never replaced goes with the daemon.</summary>
    public bool IsUnloadable => Loader.LoadContext.IsCollectible;

    /// <summary>Where the copy is.</summary>
    public string StagedPath => folder.Path;

    public PluginLoader Loader { get; } = loader;

    /// <summary>Whether the object's type is of this code.</summary>
    public bool Owns(object thing) =>
        System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(thing.GetType().Assembly) == Loader.LoadContext;

    /// <summary>Tells whether its code is still in memory. Not inlined, so that nobody's frame keeps the context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public WeakReference Watch() => new(Loader.LoadContext);

    /// <summary>Begins the unloading and removes the copy.</summary>
    public void Dispose()
    {
        using (folder)
            Loader.Dispose();
    }
}
