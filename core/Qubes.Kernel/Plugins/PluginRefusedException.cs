using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>A plugin is not taken, for a reason its user can act on.</summary>
internal sealed class PluginRefusedException(PluginState state, string message, Exception? cause = null)
    : QubesException(message, cause)
{
    /// <summary>The state that the plugin gets.</summary>
    public PluginState State { get; } = state;
}
