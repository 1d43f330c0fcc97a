using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Cloning;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu;

internal sealed partial class QemuDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<MemoryTemplate> MemoryTemplates => templates.Templates;

    private string ReserveParent => paths.Runtime + "/reserve";

    /// <inheritdoc/>
    public async Task<string> KeyOfAsync(MachineSpec spec, CancellationToken cancel)
    {
        var plan = await PlanAsync(spec with { IsFreezable = true, Volumes = [] }, cancel).ConfigureAwait(false);
        return await keys.OfAsync(plan, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<MemoryTemplate> FreezeAsync(
        IMachine machine, string key, Func<CancellationToken, Task> keepDisks, CancellationToken cancel)
    {
        if (machine is not QemuMachine own)
            throw new QubeException("This machine is another driver's: it cannot be frozen");
        return await own.FreezeAsync(KeepDisksAsync, KeepAsync, cancel).ConfigureAwait(false);

        Task KeepDisksAsync(CancellationToken token)
        {
            templates.CheckNew(key);
            return keepDisks(token);
        }

        async Task<MemoryTemplate> KeepAsync(MemoryFile memory, MemoryFile state, MachinePlan plan)
        {
            MemoryFile stub;
            try
            {
                stub = MemoryFile.Of("kernel-stub", KernelStub.Of(plan.Kernel));
            }
            catch
            {
                memory.Dispose();
                state.Dispose();
                throw;
            }
            return await templates.KeepAsync(new FrozenMachine(RecordOf(plan, key), memory, state, stub), cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReservedMachine> ReserveAsync(
        MemoryTemplate template, IReadOnlyList<PreparedVolume> disks, CloneMemory memory, CancellationToken cancel)
    {
        var frozen = await templates.LoadAsync(template.Key, cancel).ConfigureAwait(false);
        if (!disks.Select(disk => disk.Name).SequenceEqual(frozen.Record.Disks))
            throw new QubeException($"A copy of {template.Key} needs the disks {string.Join(", ", frozen.Record.Disks)}, in this order");
        using var shared = frozen.Memory.Hold();
        using var state = frozen.State.Hold();
        using var stub = frozen.Stub.Hold();
        using var own = memory == CloneMemory.Private ? await CopyAsync(frozen.Memory, cancel).ConfigureAwait(false) : null;
        using var held = own?.Hold();

        var id = ids.Next();
        var plan = new MachinePlan
        {
            Name = $"r{id}",
            Uuid = Guid.NewGuid(),
            Accelerator = frozen.Record.Accelerator,
            MemoryMiB = frozen.Record.MemoryMiB,
            Vcpus = frozen.Record.Vcpus,
            Kernel = stub.Path,
            Initramfs = null,
            CommandLine = frozen.Record.CommandLine,
            Volumes = [],
            IsFreezable = true,
            Memory = held is null ? new MachineMemory(shared.Path, IsShared: false) : new MachineMemory(held.Path, IsShared: true),
            Origin = new CopyOrigin(state.Path, disks),
        };
        var boot = new BootPlan(options, plan, new MachineFiles(ReserveParent, plan.Name), consolePath: null, time)
        {
            Id = id,
            ExpectsAgent = false,
            Timeout = options.TcgBootTimeout,
            Identity = identities.For(id, plan.Accelerator),
            Logger = logger,
        };
        return new ReservedMachine(await QemuMachine.ReserveAsync(boot, cancel).ConfigureAwait(false), plan, paths);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string key, CancellationToken cancel) => templates.RemoveAsync(key, cancel);

    private static async Task<MemoryFile> CopyAsync(MemoryFile source, CancellationToken cancel)
    {
        var copy = MemoryFile.Create("machine", source.Size);
        try
        {
            await SparseContent.CopyAsync(source.Handle, copy.Handle, source.Size, cancel).ConfigureAwait(false);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private TemplateRecord RecordOf(MachinePlan plan, string key) => new()
    {
        Format = TemplateRecord.CurrentFormat,
        Key = key,
        Made = time.GetUtcNow(),
        Accelerator = plan.Accelerator,
        MemoryMiB = plan.MemoryMiB,
        Vcpus = plan.Vcpus,
        CommandLine = plan.CommandLine,
        Disks = [.. DiskGraph.Present(plan.Volumes).Select(disk => disk.Volume.Name)],
        MemoryBytes = 0, // these four are known when it is written
        MemoryDigest = "",
        StateDigest = "",
        StubDigest = "",
    };
}
