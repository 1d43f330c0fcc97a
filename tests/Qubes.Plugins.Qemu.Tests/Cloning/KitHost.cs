using Qubes.Plugins.Qemu.Machines;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Hypervisors.Conformance;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

/// <summary>Shows real QEMU and its test guests, whose shell keeps a variable, to the conformance kit.</summary>
internal sealed class KitHost(GuestHost guests) : IMachineHost, IGuestProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // an upper bound, not a pace

    private readonly KitDisks disks = new(guests.Root + "/disks");

    public IHypervisorDriver Driver => guests.Driver;

    public bool HasDisk => true;

    public Task RestartAsync(CancellationToken cancel)
    {
        guests.Restart();
        return Task.CompletedTask;
    }

    public Task<MachineSpec> DescribeAsync(string qube, CancellationToken cancel) => Task.FromResult(
        GuestHost.Spec(qube, disks.Start(qube)) with
        {
            GuestParameters = new Dictionary<string, string> { ["name"] = "disposable", ["type"] = "DispVM" },
        });

    public Task PassAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);

    public Task KeepDisksAsync(MachineSpec frozen, string key, CancellationToken cancel)
    {
        disks.Keep(frozen, key);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PreparedVolume>> PrepareDisksAsync(string key, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<PreparedVolume>>([disks.Prepare(key)]);

    public Task<IReadOnlyList<VolumeAttachment>> TakeDisksAsync(
        string qube, IReadOnlyList<PreparedVolume> prepared, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<VolumeAttachment>>([disks.Take(qube, prepared.Single())]);

    public Task EndProcessAsync(IReservedMachine reserved, CancellationToken cancel)
    {
        var place = Directory.GetDirectories(guests.Paths.Runtime + "/reserve").Single();
        using var process = ProcessHandle.TryOpen(MachineRecord.Read(place + "/record.json")!.Pid)!;
        process.Kill();
        return Task.CompletedTask;
    }

    public async Task WriteAsync(IMachine machine, GuestPlace place, string word, CancellationToken cancel) =>
        Assert.Equal("kept", await AskAsync(machine, place == GuestPlace.Memory
            ? $"word={word}; echo kept"
            : $"echo -n {word} | $B dd of=/dev/vda conv=notrunc,fsync 2>/dev/null; echo kept", cancel));

    public Task<string> ReadAsync(IMachine machine, GuestPlace place, CancellationToken cancel) => AskAsync(
        machine, place == GuestPlace.Memory ? "echo $word" : "echo 3 > /proc/sys/vm/drop_caches; $B head -c 6 /dev/vda; echo", cancel);

    private static async Task<string> AskAsync(IMachine machine, string line, CancellationToken cancel)
    {
        using var agent = new AgentPort(machine.AgentSocketPath);
        return await agent.AskAsync(line).WaitAsync(Patience, cancel) ?? "";
    }
}
