using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Cloning;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu;

/// <summary>Builds QEMU microvms and finds those that an earlier daemon left (design, section 5).</summary>
internal sealed partial class QemuDriver(
    QemuOptions options,
    QubesPaths paths,
    AcceleratorChoice accelerators,
    TscFrequency tsc,
    IdentityChoice identities,
    MachineIds ids,
    MachineKey keys,
    TemplateStore templates,
    TimeProvider time,
    ILogger logger) : ICloningDriver
{
    private const int MinimumMemoryMiB = 32;

    /// <inheritdoc/>
    public string Name => "qemu";

    /// <summary>Where machines have their directories, named after their qubes.</summary>
    public static string Parent(QubesPaths paths) => paths.Runtime + "/machines";

    /// <summary>Where a qube's console is logged.</summary>
    public static string ConsolePath(QubesPaths paths, string name) => $"{paths.Logs}/guest-{name}.log";

    /// <inheritdoc/>
    public async Task<IMachine> CreateAsync(MachineSpec spec, CancellationToken cancel)
    {
        var place = new MachineFiles(Parent(paths), spec.Name);
        if (MachineRecord.Read(place.Record) is { } other && other.IsAlive(out _))
            throw new QubeException($"Machine {spec.Name} runs already, with pid {other.Pid}");
        var plan = await PlanAsync(spec, cancel).ConfigureAwait(false);
        var id = ids.Next();
        var boot = new BootPlan(options, plan, place, ConsolePath(paths, spec.Name), time)
        {
            Id = id,
            ExpectsAgent = spec.ExpectsAgent,
            Timeout = plan.Accelerator == Accelerator.Kvm ? options.KvmBootTimeout : options.TcgBootTimeout,
            Identity = identities.For(id, plan.Accelerator),
            Logger = logger,
        };
        return await QemuMachine.CreateAsync(boot, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IMachine>> AdoptAsync(CancellationToken cancel)
    {
        templates.Open();
        var adoption = new MachineAdoption(paths, time, logger);
        await adoption.RunAsync(KvmProbe.Parent(paths), cancel).ConfigureAwait(false);
        await adoption.RunAsync(ReserveParent, cancel).ConfigureAwait(false);
        return await adoption.RunAsync(Parent(paths), cancel).ConfigureAwait(false);
    }

    private async Task<MachinePlan> PlanAsync(MachineSpec spec, CancellationToken cancel)
    {
        if (spec.MemoryMiB < MinimumMemoryMiB || spec.Vcpus < 1)
        {
            throw new QubeException(
                $"A machine of {spec.MemoryMiB} MiB and {spec.Vcpus} processors is refused: at least {MinimumMemoryMiB} MiB and 1");
        }
        if (spec.IsFreezable && spec.Volumes.FirstOrDefault(volume => volume.IsEphemeral) is { } secret)
            throw new QubeException($"{spec.Name} cannot be frozen: {secret.Volume.Vid} is ephemeral, its key is one machine's alone");
        var kernel = ReadableFile(spec.KernelDirectory + "/vmlinuz");
        var initramfs = ReadableFile(spec.KernelDirectory + "/initramfs");
        var accelerator = await accelerators.ForKernelAsync(kernel, cancel).ConfigureAwait(false);
        var tscKhz = accelerator == Accelerator.Tcg ? await tsc.GetKhzAsync(cancel).ConfigureAwait(false) : null;
        return new MachinePlan
        {
            Name = spec.Name,
            Uuid = spec.Uuid,
            Accelerator = accelerator,
            MemoryMiB = spec.MemoryMiB,
            MostMemoryMiB = !spec.IsFreezable && spec.MostMemoryMiB > spec.MemoryMiB ? spec.MostMemoryMiB : 0,
            Vcpus = spec.Vcpus,
            Kernel = kernel,
            Initramfs = initramfs,
            CommandLine = KernelCommandLine.For(spec, accelerator, tscKhz),
            Volumes = spec.Volumes,
            IsFreezable = spec.IsFreezable,
        };
    }

    /// <summary>QEMU opens these itself, as the machine's user, through the descriptor it is given.</summary>
    private string ReadableFile(string path)
    {
        if (!File.Exists(path))
            throw new QubeException($"{path} is missing: a kernel is a directory with vmlinuz and initramfs");
        if (identities.IsOwn && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) == 0)
            throw new QubeException($"{path} must be readable by everyone: a machine's own user reads it");
        return path;
    }
}
