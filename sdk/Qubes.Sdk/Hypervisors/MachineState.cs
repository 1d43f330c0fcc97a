namespace Qubes.Sdk.Hypervisors;

/// <summary>What a machine's processors do.</summary>
public enum MachineState
{
    /// <summary>Built, nothing executed yet.</summary>
    Created,

    /// <summary>Executing.</summary>
    Running,

    /// <summary>Stopped by <see cref="IMachine.PauseAsync"/>.</summary>
    Paused,

    /// <summary>Ended; the process is gone and the machine's runtime directory with it.</summary>
    Stopped,

    /// <summary>Ended by a fault of the guest or the hypervisor.</summary>
    Crashed,
}
