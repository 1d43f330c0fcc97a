namespace Qubes.Sdk.Plugins;

/// <summary>What became of an installed plugin.</summary>
public enum PluginState
{
    /// <summary>Installed; no preset says anything about it, so it is not loaded.</summary>
    Available,

    /// <summary>Loaded, its services run.</summary>
    Active,

    /// <summary>Switched off by a preset.</summary>
    Disabled,

    /// <summary>Cannot run here: made for another SDK, or what it requires is not active.</summary>
    Unsupported,

    /// <summary>Broken: its files, its manifest, its code.</summary>
    Malfunctioned,

    /// <summary>Not loaded because another folder holds a plugin of this name, which is preferred.</summary>
    Superseded,
}
