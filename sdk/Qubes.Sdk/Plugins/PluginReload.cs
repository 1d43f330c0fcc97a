namespace Qubes.Sdk.Plugins;

/// <summary>How a plugin is replaced by its newer version while the daemon runs; its manifest's <c>reload</c>.</summary>
public enum PluginReload
{
    /// <summary>
    /// The new one is started beside the old one, which is stopped afterwards: no event is missed, and a failure leaves the old one as
    /// it was. For plugins whose services may run twice for a moment. What a manifest that does not say means.
    /// </summary>
    Beside,

    /// <summary>The old one's services are stopped before the new one's are started: for services that hold what only one can have, as a socket.</summary>
    Restart,

    /// <summary>
    /// Only with the daemon: for plugins that hold what cannot be handed over, as running machines. Its code cannot be unloaded, so what was compiled
    /// ahead of time (ReadyToRun) is used, which .NET does not for code that can.
    /// </summary>
    Never,
}
