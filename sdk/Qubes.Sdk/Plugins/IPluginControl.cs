using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Plugins;

/// <summary>The plugins and their life, for whoever offers that to an administrator. A service of the host; for any thread.</summary>
public interface IPluginControl
{
    /// <summary>Every installed plugin by name; one name may stand there twice, the second time as superseded.</summary>
    IReadOnlyList<PluginReport> Plugins { get; }

    /// <summary>
    /// Writes a preset of the administrator's that enables it, and starts it. Returns when it is as its report says: it need not have
    /// become active.
    /// </summary>
    /// <exception cref="QubesException">There is no such plugin, or presets cannot be written.</exception>
    Task<PluginReport> EnableAsync(string name, CancellationToken cancel);

    /// <summary>Writes a preset that disables it, and ends it, and what requires it. See <see cref="EnableAsync"/>.</summary>
    /// <exception cref="QubesException">There is no such plugin, or presets cannot be written.</exception>
    Task<PluginReport> DisableAsync(string name, CancellationToken cancel);

    /// <summary>Loads it anew from its folder, and what requires it; also one that failed before.</summary>
    /// <exception cref="QubesException">There is no such plugin, or it is not to be replaced while the daemon runs.</exception>
    Task<PluginReport> ReloadAsync(string name, CancellationToken cancel);

    /// <summary>The last lines that the plugin, or the host about it, logged, oldest first; control characters are escaped.</summary>
    /// <exception cref="QubesException">There is no such plugin.</exception>
    IReadOnlyList<string> LogOf(string name);
}
