using System.Reflection;
using System.Runtime.Loader;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Loads a plugin's assembly into a context of its own, loads it anew on demand or when its folder changes, and unloads it.
/// A new generation takes over only when it has proven loadable; until then, and if it is not, the last good one stays.
/// Safe to call from any thread.
/// </summary>
internal sealed class PluginLoader : IDisposable
{
    private readonly Lock gate = new();
    private readonly PluginConfig config;
    private readonly PluginWatcher? watcher;
    private PluginGeneration? current;

    /// <exception cref="FileNotFoundException">There is no such assembly.</exception>
    /// <exception cref="InvalidOperationException">The <c>.deps.json</c> is malformed.</exception>
    public PluginLoader(PluginConfig config)
    {
        this.config = config;
        if (!File.Exists(config.MainAssemblyPath))
            throw new FileNotFoundException($"there is no plugin assembly {config.MainAssemblyPath}", config.MainAssemblyPath);
        if (config.EnableHotReload && config.ShadowCopyDirectory is null)
            throw new ArgumentException("hot reload needs a shadow copy directory", nameof(config));
        current = new PluginGeneration(config);
        if (config.EnableHotReload)
        {
            watcher = new PluginWatcher(
                Path.GetDirectoryName(config.MainAssemblyPath)!, config.ReloadDelay, config.TimeProvider, ReloadAfterChange);
        }
    }

    /// <summary>Raised when a new generation has taken over.</summary>
    public event EventHandler<PluginReloadedEventArgs>? Reloaded;

    /// <summary>Raised when the folder changed and what is in it now cannot be loaded; the last good generation stays.</summary>
    public event EventHandler<ErrorEventArgs>? ReloadFailed;

    /// <summary>Whether <see cref="Dispose"/> and <see cref="Reload"/> unload.</summary>
    public bool IsUnloadable => config.IsUnloadable || config.EnableHotReload;

    /// <summary>The context of the present generation.</summary>
    public AssemblyLoadContext LoadContext => Current.Context;

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
    public Assembly LoadDefaultAssembly() => Current.LoadDefaultAssembly();

    /// <summary>An assembly as the plugin would see it.</summary>
    /// <exception cref="FileNotFoundException">Neither plugin nor host has it.</exception>
    public Assembly LoadAssembly(AssemblyName name) => Current.Context.LoadFromAssemblyName(name);

    /// <summary>Makes the plugin's context the one in which names are resolved, until the result is disposed.</summary>
    public AssemblyLoadContext.ContextualReflectionScope EnterContextualReflection() => Current.Context.EnterContextualReflection();

    /// <summary>Loads the plugin anew; on failure the present generation stays and the error is thrown.</summary>
    /// <exception cref="InvalidOperationException">The plugin is not unloadable.</exception>
    public void Reload()
    {
        if (!IsUnloadable)
            throw new InvalidOperationException("reloading is only for plugins that are unloadable");
        var next = new PluginGeneration(config);
        try
        {
            next.LoadDefaultAssembly();
        }
        catch
        {
            next.Dispose();
            throw;
        }
        PluginGeneration? before;
        lock (gate)
        {
            before = current;
            if (before is not null)
                current = next;
        }
        if (before is null)
        {
            next.Dispose();
            return;
        }
        using (before)
            Reloaded?.Invoke(this, new PluginReloadedEventArgs(this));
    }

    /// <summary>Stops watching and begins the unloading.</summary>
    public void Dispose()
    {
        watcher?.Dispose();
        PluginGeneration? last;
        lock (gate)
        {
            last = current;
            current = null;
        }
        last?.Dispose();
    }

    private PluginGeneration Current
    {
        get
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(current is null, this);
                return current;
            }
        }
    }

    private void ReloadAfterChange()
    {
        try
        {
            Reload();
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException or InvalidOperationException)
        {
            ReloadFailed?.Invoke(this, new ErrorEventArgs(e));
        }
    }
}
