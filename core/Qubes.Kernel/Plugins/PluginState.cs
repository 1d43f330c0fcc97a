namespace Qubes.Kernel.Plugins;

/// <summary>What became of an installed plugin.</summary>
internal enum PluginState
{
    /// <summary>Loaded, its services run.</summary>
    Active,

    /// <summary>Switched off by a preset.</summary>
    Disabled,

    /// <summary>Cannot run here: made for another SDK, or what it requires is not active.</summary>
    Unsupported,

    /// <summary>Broken: its files, its manifest, its code.</summary>
    Malfunctioned,
}
