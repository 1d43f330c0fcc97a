using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>What a machine is made of, in QEMU's words.</summary>
internal sealed record MachinePlan
{
    /// <summary>The device id of the agent's port, which QEMU's events name.</summary>
    public const string AgentPort = "agent";

    private const int VendorAmd = 0x68747541; // "Auth"
    private const string TranslatedProcessor = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand,+rdseed,+arat";

    public required string Name { get; init; }

    public required Guid Uuid { get; init; }

    public required Accelerator Accelerator { get; init; }

    public required int MemoryMiB { get; init; }

    /// <summary>What it may be given later, more than it begins with; 0: nothing is ever changed.</summary>
    public int MostMemoryMiB { get; init; }

    public required int Vcpus { get; init; }

    public required string Kernel { get; init; }

    /// <summary>Null: none, so that the kernel panics when it looks for its root.</summary>
    public required string? Initramfs { get; init; }

    public required string CommandLine { get; init; }

    public required IReadOnlyList<VolumeAttachment> Volumes { get; init; }

    /// <summary>Its memory is given to it as a file, so that it can be frozen.</summary>
    public bool IsFreezable { get; init; }

    /// <summary>The file that is its memory; null: QEMU's own.</summary>
    public MachineMemory? Memory { get; init; }

    /// <summary>It waits to become a copy of a frozen machine; null: it boots.</summary>
    public CopyOrigin? Origin { get; init; }

    /// <summary>What the launcher is told.</summary>
    public LaunchDescription Describe(string program, MachineFiles place, LaunchIdentity? identity)
    {
        var disks = Origin is null ? new DiskGraph(Volumes) : new DiskGraph(Origin.Disks);
        List<LaunchFile> files = [new(Kernel, Descriptors.Kernel, IsWritable: false)];
        if (Initramfs is not null)
            files.Add(new LaunchFile(Initramfs, Descriptors.Initramfs, IsWritable: false));
        if (Memory is not null)
            files.Add(new LaunchFile(Memory.Path, Descriptors.Memory, IsWritable: Memory.IsShared));
        if (Origin is not null)
            files.Add(new LaunchFile(Origin.StatePath, Descriptors.State, IsWritable: false));
        return new LaunchDescription(
            program,
            [.. Beginning(), "-name", Name, "-uuid", Uuid.ToString(), .. Machine(), .. MemoryFile(), .. Boot(), .. Ports(), .. disks.Arguments],
            place.Directory,
            [.. files, .. disks.Files],
            [
                new LaunchSocket(place.Control, Descriptors.Control),
                new LaunchSocket(place.Agent, Descriptors.Agent),
                new LaunchSocket(place.Console, Descriptors.Console)
            ],
            disks.Secrets,
            identity);
    }

    /// <summary>What frozen machine and copy must have in common of the command line, their disks apart.</summary>
    public IEnumerable<string> Fingerprint() => [.. Machine(), .. Ports(), CommandLine];

    private static IEnumerable<string> Beginning() =>
    [
        "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-S",
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    ];

    // The PIT and the PIC serve nobody: with hardware-reduced ACPI Linux takes neither for its ticks. The clock chip (rtc)
    // gives the time of day at boot. Under TCG the processor is QEMU's plain one with what x86-64-v2 programs need and a random
    // generator; "arat" says that its timer never sleeps (KernelCommandLine). "max" took 0.1 s longer to boot and makes the guest choose instructions that are slow to translate. No memory is merged with other machines' (it can be told from outside what was merged).
    private IEnumerable<string> Machine() =>
    [
        "-M", "microvm,pit=off,pic=off,rtc=on,isa-serial=on,mem-merge=off,dump-guest-core=off" + (IsFreezable ? ",memory-backend=memory" : ""),
        .. Accelerator == Accelerator.Kvm
            ? (string[])["-accel", "kvm", "-cpu", HostProcessor()]
            : ["-accel", "tcg,thread=multi,tb-size=256", "-cpu", TranslatedProcessor],
        "-m", Math.Max(MemoryMiB, MostMemoryMiB).ToString(CultureInfo.InvariantCulture) + "M",
        "-smp", Vcpus.ToString(CultureInfo.InvariantCulture),
    ];

    // On AMD a newer kernel offers the register that goes with this feature and then refuses to set it, and QEMU 7.2 aborts
    // ("failed to set MSR 0x10a"). Only Intel's processors have anything to say in it.
    private static string HostProcessor() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == VendorAmd ? "host,-arch-capabilities" : "host";

    // QEMU opens the file anew, by its own descriptor's name, for writing. The memory of copies is mapped privately: the kernel copies
    // a page when it is written to. What a balloon is given becomes a hole punched into the file, in QEMU 7.2 even where the
    // mapping is private: the seal refuses that, so a copy's balloon frees nothing, and its siblings lose nothing.
    private IEnumerable<string> MemoryFile() => Memory is null
        ? []
        :
        [
            "-object",
            $"memory-backend-file,id=memory,size={MemoryMiB}M,mem-path=/proc/self/fd/{Descriptors.Memory},share={(Memory.IsShared ? "on" : "off")}",
        ];

    private IEnumerable<string> Boot() =>
    [
        "-kernel", $"/dev/fd/{Descriptors.Kernel}",
        .. Initramfs is null ? (string[])[] : ["-initrd", $"/dev/fd/{Descriptors.Initramfs}"],
        "-append", CommandLine,
        .. Origin is null ? (string[])[] : ["-incoming", "defer"],
    ];

    // A guest that is never frozen tells which pages it has freed, and the host has them back. Where memory is a file, shared or not,
    // that would punch holes into it: see above.
    //
    // A balloon that gives way by itself is for guests whose memory nobody changes. In others it would take from the host what was given to
    // someone else, and Linux leaves what such a balloon holds in the guest's total: a guest of 400 MiB that may have 1200 says that it has
    // 1200, 800 of them in use. Without, its programs see what they can have; one that runs short swaps, and says so (the agent's PSI trigger).
    private string Balloon() =>
        $"virtio-balloon-device,id=balloon,deflate-on-oom={(MostMemoryMiB > 0 ? "off" : "on")}" + (IsFreezable ? "" : ",free-page-reporting=on");

    private IEnumerable<string> Ports() =>
    [
        "-chardev", $"socket,id=control,fd={Descriptors.Control},server=on,wait=off", "-mon", "chardev=control,mode=control",
        "-chardev", $"socket,id=console,fd={Descriptors.Console},server=on,wait=off", "-serial", "chardev:console",
        "-device", "virtio-serial-device,max_ports=2",
        "-chardev", $"socket,id=agent,fd={Descriptors.Agent},server=on,wait=off",
        "-device", $"virtserialport,id={AgentPort},chardev=agent,name=org.qubes.agent",
        "-device", Balloon(),
        "-object", "rng-random,id=entropy,filename=/dev/urandom", "-device", "virtio-rng-device,rng=entropy",
    ];
}
