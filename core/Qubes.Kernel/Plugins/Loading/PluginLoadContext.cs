using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.Loader;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Decides for each assembly a plugin asks for whose it is: the host's (shared ones and the framework) or the plugin's own,
/// found through its <c>.deps.json</c>, satellites and native libraries included. What neither has is left to the default
/// context.
/// </summary>
internal sealed class PluginLoadContext(PluginConfig config, string mainAssemblyPath)
    : AssemblyLoadContext(Path.GetFileNameWithoutExtension(mainAssemblyPath), config.IsUnloadable)
{
    private readonly AssemblyDependencyResolver resolver = new(mainAssemblyPath);
    private readonly FrozenSet<string> shared =
        config.SharedAssemblies.Select(name => name.Name!).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name)
            return null;
        if (shared.Contains(name))
            return Default.LoadFromAssemblyName(assemblyName);
        if ((config.PreferSharedTypes || SharedFramework.Has(name)) && HostsOwn(assemblyName) is { } hosts)
            return hosts;
        return resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static Assembly? HostsOwn(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (FileNotFoundException)
        {
            return null; // The host has none, or an older one than the plugin was built for.
        }
    }
}
