namespace Qubes.Sdk.Plugins;

/// <summary>The version of this contract, which a plugin's manifest states.</summary>
public static class SdkVersion
{
    /// <summary>Major: incompatible changes. Minor: additions; a plugin runs with its own minor or a newer one.</summary>
    public static readonly Version Current = new(0, 1);
}
