using Autofac.Core;
using Qubes.Sdk.Errors;
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
        // What is meant for users says what was refused and what would be accepted; neither its type nor who asked for it adds to that.
        return root is QubesException
            ? new(PluginState.Malfunctioned, line)
            : new(PluginState.Malfunctioned, $"{root.GetType().Name}: {line}", cause);
    }
}
