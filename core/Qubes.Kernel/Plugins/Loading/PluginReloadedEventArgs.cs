namespace Qubes.Kernel.Plugins.Loading;

/// <summary>A plugin was loaded anew; the generation before is unloaded when the handlers have returned.</summary>
internal sealed class PluginReloadedEventArgs(PluginLoader loader) : EventArgs
{
    /// <summary>Loads from the new generation.</summary>
    public PluginLoader Loader { get; } = loader;
}
