using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Tests.Domains;

public sealed class RestartTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public async Task What_was_set_is_there_again()
    {
        await kernel.OnLoop(() =>
        {
            var work = kernel.Qubes.Find("work");
            work.Properties.Write("memory", "321");
            work.Properties.Write("default_dispvm", "");
            work.Features.Set("b", "2");
            work.Features.Set("a", "");
            work.Tags.Add("nice");
            kernel.Qubes.System.Write("default_dispvm", "dvm");
            kernel.Qubes.AdminVm.Features.Set("host", "1");
        });
        var before = await SnapshotAsync();

        kernel = await kernel.RestartAsync();

        Assert.Equal(before, await SnapshotAsync());
    }

    [Fact]
    public async Task A_running_machine_is_adopted_and_not_started_again()
    {
        await kernel.OnLoop(() => kernel.Qubes.Find("work").StartAsync(default));
        var id = kernel.Hypervisor.MachineOf("work").Id;

        kernel = await kernel.RestartAsync();

        var work = await kernel.OnLoop(() => kernel.Qubes.Find("work"));
        Assert.Equal((PowerState.Running, id), await kernel.OnLoop(() => (work.PowerState, work.Machine!.Id)));
        await kernel.OnLoop(() => work.KillAsync(default));
        Assert.Empty(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task A_disposable_that_runs_is_kept_and_one_that_ended_meanwhile_is_removed()
    {
        var running = await kernel.AcquireAsync();
        var ended = await kernel.AcquireAsync();
        await kernel.OnLoop(() => Task.WhenAll(running.StartAsync(default), ended.StartAsync(default)));
        var machine = kernel.Hypervisor.MachineOf(ended.Name);

        // The daemon is away when the machine ends.
        var world = kernel.World;
        kernel = await kernel.RestartAsync(() => machine.End(MachineState.Crashed));

        Assert.True(await kernel.OnLoop(() => kernel.Qubes.TryFind(running.Name, out _)));
        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(ended.Name, out _)));
        Assert.Equal([running.Name], world.Hypervisor.Machines.Select(m => m.Spec.Name));
    }

    [Fact]
    public async Task A_disposable_that_was_made_and_never_started_is_removed()
    {
        var made = await kernel.AcquireAsync();

        kernel = await kernel.RestartAsync();

        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(made.Name, out _)));
    }

    [Fact]
    public async Task A_machine_whose_qube_is_unknown_is_ended()
    {
        var spec = new MachineSpec
        {
            Name = "stray",
            Uuid = Guid.NewGuid(),
            Class = QubeClass.AppVM,
            MemoryMiB = 64,
            Vcpus = 1,
            KernelDirectory = "/",
            KernelOptions = "",
            Volumes = [],
            GuestParameters = new Dictionary<string, string>(),
            ExpectsAgent = false,
        };
        var stray = await kernel.Hypervisor.CreateAsync(spec, default);
        await stray.BootAsync(default);

        kernel = await kernel.RestartAsync();

        Assert.True(stray.Ended.IsCompleted);
    }

    private Task<List<string>> SnapshotAsync() => kernel.OnLoop(() =>
    {
        var lines = new List<string>();
        lines.AddRange(kernel.Qubes.System.Declared.Select(p => $"system {p.Name} {kernel.Qubes.System.Read(p.Name)}"));
        foreach (var qube in kernel.Qubes)
        {
            lines.AddRange(qube.Properties.Declared.Select(p => $"{qube.Name} {p.Name} {qube.Properties.Read(p.Name)}"));
            lines.AddRange(qube.Features.Select(f => $"{qube.Name} feature {f.Key}={f.Value}"));
            lines.AddRange(qube.Tags.Select(t => $"{qube.Name} tag {t}"));
            lines.AddRange(qube.Volumes.Select(v => $"{qube.Name} volume {v.Name} {v.Vid} {v.Size} {v.Source} {v.SaveOnStop}"));
        }
        return lines;
    });
}
