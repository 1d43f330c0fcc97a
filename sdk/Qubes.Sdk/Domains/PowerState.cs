namespace Qubes.Sdk.Domains;

/// <summary>What a qube is doing; the names are the Admin API's (spec: domain model, section 7).</summary>
public enum PowerState
{
    /// <summary>No machine.</summary>
    Halted,

    /// <summary>A machine that is not yet, or no longer, fully usable.</summary>
    Transient,

    /// <summary>Up, and its agent (if it has one) answers.</summary>
    Running,

    /// <summary>The machine's processors are stopped.</summary>
    Paused,

    /// <summary>The guest sleeps.</summary>
    Suspended,

    /// <summary>The guest was asked to shut down.</summary>
    Halting,

    /// <summary>The machine's process is ending.</summary>
    Dying,

    /// <summary>The guest or its machine broke.</summary>
    Crashed,
}
