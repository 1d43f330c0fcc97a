using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests;

/// <summary>Real guests, one at a time.</summary>
[Collection("guests")]
public sealed class MachineTests : IAsyncLifetime
{
    private readonly GuestHost host = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_machine_is_built_stopped_boots_pauses_resumes_and_is_killed()
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        var states = new List<MachineState>();
        machine.StateChanged += (_, state) => states.Add(state);
        Assert.Equal(MachineState.Created, machine.State);
        Assert.True(machine.Id >= 1);

        await machine.BootAsync(default);
        Assert.Equal(MachineState.Running, machine.State);
        using (var agent = new AgentPort(machine.AgentSocketPath))
        {
            var line = await agent.AskAsync("/bin/busybox cat /proc/cmdline");
            Assert.EndsWith(" qubes.name=work qubes.type=DispVM", line, StringComparison.Ordinal);
        }
        await machine.PauseAsync(default);
        Assert.Equal(MachineState.Paused, machine.State);
        await machine.ResumeAsync(default);
        Assert.Equal(MachineState.Running, machine.State);

        var usage = await machine.MeasureAsync(default);
        Assert.Equal(128 * 1024, usage.MemoryKiB);
        Assert.True(usage.CpuTime > TimeSpan.Zero);

        await machine.KillAsync(default);
        await machine.KillAsync(default);
        Assert.True(machine.Ended.IsCompletedSuccessfully);
        Assert.False(Directory.Exists(host.Paths.Runtime + "/machines/work"));
        Assert.Equal(
            [MachineState.Running, MachineState.Paused, MachineState.Running, MachineState.Stopped], states);
        await Assert.ThrowsAsync<QubeException>(() => machine.PauseAsync(default));
        Assert.Contains("guest up", await File.ReadAllTextAsync(host.Paths.Logs + "/guest-work.log"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/busybox reboot -f")]
    [InlineData("/bin/busybox poweroff -f")]
    public async Task A_guest_that_powers_off_ends_its_machine(string command)
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        await machine.BootAsync(default);
        using var agent = new AgentPort(machine.AgentSocketPath);
        await agent.SendAsync(command);
        await machine.Ended;
        Assert.Equal(MachineState.Stopped, machine.State);
    }

    [Fact]
    public async Task A_running_guest_sees_its_disks_grow_and_the_next_daemon_knows_them()
    {
        const long Grown = 3 << 20;
        var pool = await host.OpenPoolAsync();
        var own = GuestHost.Volume(pool, "work/private", isSaved: true);
        var scratch = GuestHost.Volume(pool, "work/volatile", isSaved: false);
        await pool.CreateAsync(own, default);
        var spec = GuestHost.Spec("work", await pool.StartAsync(own, default), await pool.StartAsync(scratch, default));
        await using (var first = await host.Driver.CreateAsync(spec, default))
        {
            await first.BootAsync(default);
            await pool.ResizeAsync(own, Grown, default);
            await first.ResizeDiskAsync(own, Grown, default);
        }

        host.Restart();
        await using var machine = Assert.Single(await host.Driver.AdoptAsync(default));
        await pool.ResizeAsync(scratch, Grown, default);
        await machine.ResizeDiskAsync(scratch, Grown, default);
        await machine.ResizeDiskAsync(GuestHost.Volume(pool, "work/other", isSaved: false), Grown, default);
        using (var agent = new AgentPort(machine.AgentSocketPath))
        {
            foreach (var disk in (string[])["vda", "vdb"])
                Assert.Equal("6144", await agent.AskAsync($"until $B grep -qx 6144 /sys/block/{disk}/size; do $B usleep 10000; done; $B cat /sys/block/{disk}/size"));
            Assert.Equal("written", await agent.AskAsync("echo -n far | $B dd of=/dev/vda bs=1M seek=2 conv=notrunc,fsync 2>/dev/null; echo written"));
        }
        await machine.KillAsync(default);
        await pool.StopAsync(own, default);
        var image = await File.ReadAllBytesAsync(host.Root + "/pool/work/private.img");
        Assert.Equal(Grown, image.Length);
        Assert.Equal("far"u8.ToArray(), image[(2 << 20)..((2 << 20) + 3)]);
        await Assert.ThrowsAsync<QubeException>(() => machine.ResizeDiskAsync(own, 2 * Grown, default));
    }

    [Fact]
    public async Task A_process_that_dies_by_itself_is_a_crash()
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        await machine.BootAsync(default);
        var record = Qemu.Machines.MachineRecord.Read(host.Paths.Runtime + "/machines/work/record.json")!;
        using (var process = Processes.ProcessHandle.TryOpen(record.Pid)!)
            process.Kill();
        await machine.Ended;
        Assert.Equal(MachineState.Crashed, machine.State);
        await Assert.ThrowsAsync<QubeException>(() => machine.ResumeAsync(default));
    }

    [Fact]
    public async Task The_next_daemon_takes_over_what_runs_and_cleans_what_had_not_come_up()
    {
        var spec = GuestHost.Spec();
        var machine = await host.Driver.CreateAsync(spec, default);
        await machine.BootAsync(default);
        var halfMade = await host.Driver.CreateAsync(GuestHost.Spec("half"), default);
        Directory.CreateDirectory(host.Paths.Runtime + "/machines/empty");
        await machine.DisposeAsync();
        await halfMade.DisposeAsync();
        Assert.False(machine.Ended.IsCompleted);

        host.Restart();
        await using var adopted = Assert.Single(await host.Driver.AdoptAsync(default));
        Assert.Equal((spec.Uuid, machine.Id, machine.StartTime), (adopted.QubeUuid, adopted.Id, adopted.StartTime));
        Assert.Equal(MachineState.Running, adopted.State);
        Assert.Equal(["work"], Directory.GetDirectories(host.Paths.Runtime + "/machines").Select(Path.GetFileName));
        using (var agent = new AgentPort(adopted.AgentSocketPath))
            Assert.Equal("hello", await agent.AskAsync("echo hello"));
        await Assert.ThrowsAsync<QubeException>(() => adopted.BootAsync(default));
        await adopted.KillAsync(default);
        await using var next = await host.Driver.CreateAsync(GuestHost.Spec("next"), default);
        Assert.True(next.Id > halfMade.Id);
        await next.KillAsync(default);
    }

    [Fact]
    public async Task Disks_appear_in_order_and_what_is_written_reaches_them()
    {
        var pool = await host.OpenPoolAsync();
        var root = GuestHost.Volume(pool, "base/root", isSaved: true);
        await pool.CreateAsync(root, default);
        var own = GuestHost.Volume(pool, "work/private", isSaved: true);
        await pool.CreateAsync(own, default);
        var scratch = GuestHost.Volume(pool, "work/volatile", isSaved: false);
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec("work",
            await pool.StartAsync(GuestHost.Volume(pool, "work/root", isSaved: false, root), default),
            await pool.StartAsync(own, default),
            await pool.StartAsync(scratch, default)), default);
        await machine.BootAsync(default);
        using (var agent = new AgentPort(machine.AgentSocketPath))
        {
            Assert.Equal("vda vdb vdc ", await agent.AskAsync(
                "cd /sys/block; for d in vd*; do echo -n \"$(/bin/busybox cat $d/serial) \"; done; echo"));
            Assert.Equal("written", await agent.AskAsync(
                "echo hello > /dev/vda; echo mine | /bin/busybox dd of=/dev/vdb conv=fsync 2>/dev/null; echo x > /dev/vdc; echo written"));
        }
        await machine.KillAsync(default);
        await pool.StopAsync(own, default);
        Assert.Equal("mine", ReadText(host.Root + "/pool/work/private.img"));
        Assert.Equal("\0\0\0\0", ReadText(host.Root + "/pool/base/root.img"));
    }

    [Fact]
    public async Task A_name_in_use_is_refused_and_a_bad_kernel_directory_is_named()
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        await Assert.ThrowsAsync<QubeException>(() => host.Driver.CreateAsync(GuestHost.Spec(), default));
        var refusal = await Assert.ThrowsAsync<QubeException>(
            () => host.Driver.CreateAsync(GuestHost.Spec("other") with { KernelDirectory = "/nonexistent" }, default));
        Assert.Contains("/nonexistent/vmlinuz", refusal.Message, StringComparison.Ordinal);
        await machine.KillAsync(default);
        Assert.Equal(MachineState.Stopped, machine.State);
    }

    [Fact]
    public async Task What_qemu_refuses_is_told_in_its_own_words_and_nothing_stays()
    {
        var refusal = await Assert.ThrowsAsync<QubeException>(
            () => host.Driver.CreateAsync(GuestHost.Spec() with { Vcpus = 100_000 }, default));
        Assert.Contains("CPUs", refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.GetDirectories(host.Paths.Runtime + "/machines"));
    }

    private static string ReadText(string path)
    {
        using var file = File.OpenHandle(path);
        var buffer = new byte[4];
        RandomAccess.Read(file, buffer, 0);
        return System.Text.Encoding.ASCII.GetString(buffer);
    }
}
