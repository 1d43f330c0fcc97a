namespace Qubes.Qrexec.Link;

/// <summary>What came of sealing a guest, or of giving a sealed one its identity; the numbers are those on the wire.</summary>
public enum IdentityOutcome : byte
{
    /// <summary>All of it was done.</summary>
    Done = 0,

    /// <summary>The identity is malformed.</summary>
    Malformed = 1,

    /// <summary>The guest was not sealed, and keeps the identity that it has.</summary>
    NotSealed = 2,

    /// <summary>An earlier identity was not applied to the end: the guest stays sealed for ever.</summary>
    FailedBefore = 3,

    /// <summary>The device of the kernel's random generator is none, or something else.</summary>
    Generator = 4,

    /// <summary>The seed was not mixed into the kernel's generator and credited.</summary>
    Entropy = 5,

    /// <summary>The kernel's generator was not reseeded.</summary>
    Reseed = 6,

    /// <summary>The clock was not set, or shows another time.</summary>
    Clock = 7,

    /// <summary>The host name was not set, or is another.</summary>
    HostName = 8,

    /// <summary>The machine id was not replaced.</summary>
    MachineId = 9,

    /// <summary>The boot id was not replaced.</summary>
    BootId = 10,

    /// <summary>Nothing could be drawn from the kernel's generator.</summary>
    Sample = 11,

    /// <summary>Services did not end.</summary>
    Services = 12,
}
