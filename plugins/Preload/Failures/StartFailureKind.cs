namespace Qubes.Plugins.Preload.Failures;

/// <summary>Why a preload could not be started.</summary>
internal enum StartFailureKind
{
    /// <summary>The qube or its volumes could not be made.</summary>
    CreationFailed,

    /// <summary>The host has too little memory for one more.</summary>
    OutOfMemory,

    /// <summary>A storage pool refused.</summary>
    StorageFailed,

    /// <summary>The machine did not come up, or its agent did not answer.</summary>
    MachineFailed,

    /// <summary>The machine ended while it was starting.</summary>
    MachineEnded,

    /// <summary>No active plugin calls services in guests, so nobody can tell when one is ready.</summary>
    NoServices,

    /// <summary>A service that tells when the guest is ready did not end in time.</summary>
    ServiceTimedOut,

    /// <summary>A service that tells when the guest is ready ended with an error.</summary>
    ServiceFailed,

    /// <summary>It was ready, and could not be paused.</summary>
    PauseFailed,

    /// <summary>A defect of the daemon.</summary>
    Broken,
}
