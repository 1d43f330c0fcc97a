using Qubes.Kernel.Plugins.Generations;

namespace Qubes.Kernel.Plugins;

/// <summary>A part of the kernel that keeps objects of plugins for longer than a call.</summary>
internal interface IPluginUse
{
    /// <summary>What is in use of the plugin, for people: it cannot go before that does. Called on the kernel loop.</summary>
    IEnumerable<string> Of(Generation plugin);
}
