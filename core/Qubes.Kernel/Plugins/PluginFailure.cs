using Autofac.Core;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>Puts what a plugin threw into one line for its user.</summary>
internal static class PluginFailure
{
    public static PluginRefusedException Of(Exception cause)
    {
        // The container and reflection wrap what the plugin threw, sometimes several times.
        var root = cause;
        while (root is DependencyResolutionException or System.Reflection.TargetInvocationException && root.InnerException is { } inner)
            root = inner;
        if (root is PluginRefusedException refusal)
            return refusal;
        var line = string.Concat(root.Message.Select(c => char.IsControl(c) ? ' ' : c));
        return new(PluginState.Malfunctioned, $"{root.GetType().Name}: {line}", cause);
    }
}
