using System.Reflection;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>How one plugin is loaded. Names follow McMaster.NETCore.Plugins where the behaviour is the same.</summary>
internal sealed class PluginConfig
{
    /// <param name="mainAssemblyPath">The plugin's entry assembly, absolute; its <c>.deps.json</c> lies beside it.</param>
    public PluginConfig(string mainAssemblyPath)
    {
        if (!Path.IsPathFullyQualified(mainAssemblyPath))
            throw new ArgumentException($"the path of a plugin must be absolute, not {mainAssemblyPath}", nameof(mainAssemblyPath));
        MainAssemblyPath = mainAssemblyPath;
    }

    /// <summary>The plugin's entry assembly, absolute.</summary>
    public string MainAssemblyPath { get; }

    /// <summary>
    /// Assemblies that always come from the host, whatever the plugin brings, so that host and plugin mean the same types.
    /// The shared framework is unified without being named here.
    /// </summary>
    public ICollection<AssemblyName> SharedAssemblies { get; } = [];

    /// <summary>Whether everything that the host also has comes from the host.</summary>
    public bool PreferSharedTypes { get; set; }

    /// <summary>Whether the plugin can be unloaded.</summary>
    public bool IsUnloadable { get; set; }

    /// <summary>
    /// Where the plugin's folder is copied to before it is loaded, so that an upgrade never changes files in use; null loads
    /// it in place. Hot reload needs it.
    /// </summary>
    public string? ShadowCopyDirectory { get; set; }

    /// <summary>Whether a change in the plugin's folder loads it anew; implies <see cref="IsUnloadable"/>.</summary>
    public bool EnableHotReload { get; set; }

    /// <summary>How long the folder must be quiet before it is loaded anew.</summary>
    public TimeSpan ReloadDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The clock of <see cref="ReloadDelay"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
