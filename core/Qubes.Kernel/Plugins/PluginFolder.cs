namespace Qubes.Kernel.Plugins;

/// <summary>A folder in which a plugin is installed.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsShipped">It came with the program, not from a third party.</param>
internal sealed record PluginFolder(string Path, bool IsShipped)
{
    /// <summary>The folder's name, which is the plugin's.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
