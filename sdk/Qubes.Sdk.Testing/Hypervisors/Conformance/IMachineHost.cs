using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>The place where a driver's machines run: what a daemon and its pools are otherwise.</summary>
public interface IMachineHost
{
    /// <summary>The driver of the daemon that runs now.</summary>
    IHypervisorDriver Driver { get; }

    /// <summary>A new daemon over the same state; <see cref="Driver"/> is its, and has not adopted anything yet.</summary>
    Task RestartAsync(CancellationToken cancel);

    /// <summary>A machine that boots quickly, with fresh volumes, started. Its command line is the same for every qube.</summary>
    Task<MachineSpec> DescribeAsync(string qube, CancellationToken cancel);

    /// <summary>Lets a moment pass, in which guests can do what they were asked.</summary>
    Task PassAsync(CancellationToken cancel);

    /// <summary>Has the pools keep the volumes of a machine that is being frozen.</summary>
    Task KeepDisksAsync(MachineSpec frozen, string key, CancellationToken cancel);

    /// <summary>Fresh layers on them, in their order.</summary>
    Task<IReadOnlyList<PreparedVolume>> PrepareDisksAsync(string key, CancellationToken cancel);

    /// <summary>Has the layers become the volumes of a qube, started.</summary>
    Task<IReadOnlyList<VolumeAttachment>> TakeDisksAsync(string qube, IReadOnlyList<PreparedVolume> prepared, CancellationToken cancel);

    /// <summary>Ends a reserved machine's process from outside, as the host's administrator could. There is no other reserved one.</summary>
    Task EndProcessAsync(IReservedMachine reserved, CancellationToken cancel);
}
