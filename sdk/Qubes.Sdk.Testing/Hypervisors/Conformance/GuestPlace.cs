namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>Where a guest keeps a word.</summary>
public enum GuestPlace
{
    /// <summary>In a running program's memory.</summary>
    Memory,

    /// <summary>On the first disk, from its first byte.</summary>
    Disk,
}
