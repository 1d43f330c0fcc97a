using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Hypervisors;

/// <summary>Everything a driver needs to build the machine of a qube; taken on the kernel loop, used off it.</summary>
public sealed record MachineSpec
{
    /// <summary>The qube's name; safe in file names.</summary>
    public required string Name { get; init; }

    /// <summary>The qube's identity.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The class, which the guest is told.</summary>
    public required QubeClass Class { get; init; }

    /// <summary>MiB, at least 32.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>
    /// MiB that <see cref="IMachine.SetMemoryAsync"/> may give it later; with <see cref="MemoryMiB"/> or less it keeps what it
    /// starts with.
    /// </summary>
    public int MostMemoryMiB { get; init; }

    /// <summary>Virtual processors, at least 1.</summary>
    public required int Vcpus { get; init; }

    /// <summary>Directory that holds <c>vmlinuz</c> and <c>initramfs</c>.</summary>
    public required string KernelDirectory { get; init; }

    /// <summary>Additions to the guest kernel's command line, printable ASCII.</summary>
    public required string KernelOptions { get; init; }

    /// <summary>Started volumes in device order (vda, vdb, …); those that are not present are passed over.</summary>
    public required IReadOnlyList<VolumeAttachment> Volumes { get; init; }

    /// <summary>
    /// What the guest's agent reads at boot, given as <c>qubes.KEY=VALUE</c> on the kernel command line: <c>name</c>,
    /// <c>type</c>, <c>user</c>. Values match <c>[A-Za-z0-9_.,:+-]*</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> GuestParameters { get; init; }

    /// <summary>A qrexec agent is expected to open its port; a boot without it within the deadline has failed.</summary>
    public required bool ExpectsAgent { get; init; }

    /// <summary>The name of the driver that builds it, where whoever looks at it has to find that driver; null: not said.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>Its memory is kept where <see cref="ICloningDriver.FreezeAsync"/> finds it. Refused by drivers that cannot clone.</summary>
    public bool IsFreezable { get; init; }

    /// <summary>More detail in the machine's logs.</summary>
    public bool Debug { get; init; }
}
