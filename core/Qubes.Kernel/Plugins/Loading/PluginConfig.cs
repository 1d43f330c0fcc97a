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
}
