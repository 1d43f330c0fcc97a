using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors.Conformance;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Sdk.Testing.Tests;

/// <summary>Shows the simulated hypervisor to the conformance kit.</summary>
internal sealed class SimulatedHost : IMachineHost, IGuestProbe
{
    public SimulatedHost() => Driver = Hypervisor = new(time);

    private readonly VirtualTimeProvider time = new();

    public SimulatedHypervisor Hypervisor { get; }

    public IHypervisorDriver Driver { get; set; }

    public bool HasDisk => false;

    public Task RestartAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<MachineSpec> DescribeAsync(string qube, CancellationToken cancel) => Task.FromResult(new MachineSpec
    {
        Name = qube,
        Uuid = Guid.NewGuid(),
        Class = QubeClass.DispVM,
        MemoryMiB = 64,
        Vcpus = 1,
        KernelDirectory = "/",
        KernelOptions = "",
        Volumes = [],
        GuestParameters = new Dictionary<string, string>(),
        ExpectsAgent = false,
    });

    public Task PassAsync(CancellationToken cancel)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return Task.CompletedTask;
    }

    public Task KeepDisksAsync(MachineSpec frozen, string key, CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyList<PreparedVolume>> PrepareDisksAsync(string key, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<PreparedVolume>>([]);

    public Task<IReadOnlyList<VolumeAttachment>> TakeDisksAsync(
        string qube, IReadOnlyList<PreparedVolume> prepared, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<VolumeAttachment>>([]);

    public Task EndProcessAsync(IReservedMachine reserved, CancellationToken cancel)
    {
        ((SimulatedReserve)reserved).Lose();
        return Task.CompletedTask;
    }

    public Task WriteAsync(IMachine machine, GuestPlace place, string word, CancellationToken cancel)
    {
        ((SimulatedMachine)machine).Memory["word"] = word;
        return Task.CompletedTask;
    }

    public Task<string> ReadAsync(IMachine machine, GuestPlace place, CancellationToken cancel) =>
        Task.FromResult(((SimulatedMachine)machine).Memory.GetValueOrDefault("word", ""));
}
