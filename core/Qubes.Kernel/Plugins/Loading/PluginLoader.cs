using System.Reflection;
using System.Runtime.Loader;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Loads a plugin's assembly into a context of its own, and unloads it. A newer version of the plugin gets a loader of its own, on a copy
/// of its folder (<see cref="Generations.Generation"/>), so that neither sees files of the other.
/// </summary>
internal sealed class PluginLoader : IDisposable
{
    private readonly PluginConfig config;
    private PluginLoadContext? context;

    /// <exception cref="FileNotFoundException">There is no such assembly.</exception>
    /// <exception cref="InvalidOperationException">The <c>.deps.json</c> is malformed.</exception>
    public PluginLoader(PluginConfig config)
    {
        this.config = config;
        if (!File.Exists(config.MainAssemblyPath))
            throw new FileNotFoundException($"there is no plugin assembly {config.MainAssemblyPath}", config.MainAssemblyPath);
        context = new PluginLoadContext(config, config.MainAssemblyPath);
    }

    /// <summary>The plugin's context.</summary>
    public AssemblyLoadContext LoadContext => Context;

    /// <summary>A loader for one assembly file.</summary>
    /// <param name="assemblyFile">Absolute.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, Action<PluginConfig>? configure = null)
    {
        var config = new PluginConfig(assemblyFile);
        configure?.Invoke(config);
        return new PluginLoader(config);
    }

    /// <summary>The plugin's entry assembly.</summary>
    /// <exception cref="BadImageFormatException">It is not an assembly.</exception>
    public Assembly LoadDefaultAssembly() => Context.LoadFromAssemblyPath(config.MainAssemblyPath);

    /// <summary>An assembly as the plugin would see it.</summary>
    /// <exception cref="FileNotFoundException">Neither plugin nor host has it.</exception>
    public Assembly LoadAssembly(AssemblyName name) => Context.LoadFromAssemblyName(name);

    /// <summary>Makes the plugin's context the one in which names are resolved, until the result is disposed.</summary>
    public AssemblyLoadContext.ContextualReflectionScope EnterContextualReflection() => Context.EnterContextualReflection();

    /// <summary>
    /// Begins the unloading, if it is unloadable; the runtime finishes it when nothing refers to the plugin any more. What is mapped stays
    /// readable after its file is gone.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref context, null) is { IsCollectible: true } last)
            last.Unload();
    }

    private PluginLoadContext Context
    {
        get
        {
            ObjectDisposedException.ThrowIf(context is null, this);
            return context;
        }
    }
}
