namespace Qubes.Sdk.Plugins;

/// <summary>An installed plugin as its user sees it.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">
/// One line: why it is not active; of an active one what stands against it, as a newer version that could not be taken. Empty for nothing.
/// </param>
/// <param name="Folder">Where it is installed.</param>
/// <param name="IsShipped">It came with the program, not from a third party.</param>
public sealed record PluginReport(string Name, PluginState State, string Reason, string Folder, bool IsShipped)
{
    /// <summary>Its own version; of an active one that which runs. Empty where its manifest could not be read.</summary>
    public string Version { get; init; } = "";

    /// <summary>The SDK it was built for.</summary>
    public string Sdk { get; init; } = "";

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Plugins that must be active before it.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>How it is replaced while the daemon runs.</summary>
    public PluginReload Reload { get; init; }

    /// <summary>Which generation runs: the number of times it had been loaded since the daemon started, from 1; 0: none runs.</summary>
    public int Generation { get; init; }

    /// <summary>How often its event handlers have failed since the daemon started.</summary>
    public int Faults { get; init; }

    /// <summary>Generations that have ended and are still in memory, one line each, with what holds them as far as that is known.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];
}
