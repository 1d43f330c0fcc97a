using System.Globalization;
using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.MemoryManager.Tests.Balancing;

/// <summary>Memory goes to whoever needs it, on the kernel with simulated machines.</summary>
public sealed class MovingTests : MemoryTest
{
    [Fact]
    public async Task Memory_moves_from_idle_qubes_to_one_that_needs_it_within_three_seconds()
    {
        World.Total = 5632 * MiB;
        await ThreeAsync();
        await Kernel.PassAsync(10);

        await Kernel.SayAsync("one", 1800);
        await Kernel.PassAsync(3);

        Assert.InRange(await Kernel.HasAsync("one"), 1800 * 1.3 - 20, 4096);
    }

    [Fact]
    public async Task Nothing_changes_any_more_once_all_have_what_they_need()
    {
        await ThreeAsync();
        await Kernel.PassAsync(20);
        var orders = World.Machines.Machines.Sum(m => m.MemoryOrders);

        for (var i = 0; i < 20; i++)
        {
            await Kernel.SayAsync("one", 300 + i % 2 * 8);
            await Kernel.PassAsync(1);
        }

        Assert.Equal(orders, World.Machines.Machines.Sum(m => m.MemoryOrders));
    }

    [Fact]
    public async Task A_qube_that_does_not_follow_delays_no_other()
    {
        World.Total = 5632 * MiB;
        await ThreeAsync();
        await Kernel.PassAsync(10);
        Kernel.MachineOf("two").BalloonSpeed = 0;

        await Kernel.SayAsync("one", 1800);
        await Kernel.PassAsync(8);

        Assert.InRange(await Kernel.HasAsync("one"), 1800 * 1.3 - 20, 4096);
    }

    [Fact]
    public async Task A_hypervisor_that_does_not_answer_delays_no_other_qube()
    {
        World.Total = 5632 * MiB;
        await ThreeAsync();
        await Kernel.PassAsync(10);
        World.Machines.SettingMemory = (machine, _, cancel) =>
            machine.Spec.Name == "two" ? Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel) : Task.CompletedTask;

        await Kernel.SayAsync("one", 1800);
        await Kernel.PassAsync(8);

        Assert.InRange(await Kernel.HasAsync("one"), 1800 * 1.3 - 20, 4096);
        Assert.Contains("no-progress", await Kernel.CallAsync("admin.memory.Status", "two"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qubes_with_maxmem_0_and_paused_ones_are_left_alone()
    {
        await Kernel.OnLoop(() => Kernel.Find("two").Properties.Set(QubeProperties.Maxmem, 0));
        await ThreeAsync();
        await Kernel.PassAsync(10);
        await Kernel.OnLoop(() => Kernel.Find("three").PauseAsync(default));
        var of = Kernel.MachineOf("three").MemoryOrders;

        await Kernel.SayAsync("one", 3000);
        await Kernel.PassAsync(10);

        Assert.Equal(0, Kernel.MachineOf("two").MemoryOrders);
        Assert.Equal(of, Kernel.MachineOf("three").MemoryOrders);
    }

    [Fact]
    public async Task An_administrator_stops_balancing_with_a_file()
    {
        Directory.CreateDirectory(Kernel.Paths.Runtime);
        await File.WriteAllTextAsync(Kernel.Paths.Runtime + "/do-not-membalance", "");

        await ThreeAsync();
        await Kernel.SayAsync("one", 1800);
        await Kernel.PassAsync(5);

        Assert.All(World.Machines.Machines, m => Assert.Equal(0, m.MemoryOrders));
        Assert.False(File.Exists(Kernel.Paths.Runtime + "/qmemman-avail-mem"));
    }

    [Fact]
    public async Task What_is_available_is_told_by_a_file_that_everybody_may_read_and_by_the_broker()
    {
        await ThreeAsync();
        await Kernel.PassAsync(10);
        var path = Kernel.Paths.Runtime + "/qmemman-avail-mem";

        // 8 GiB; the host uses 1 and prefers 1.3 GiB and the boost, 50 MiB are kept, each qube prefers 390 MiB.
        long expected = 8192 * MiB - (long)(1024 * MiB * 1.3) - 350_000_000 - 50 * MiB - 3 * (long)(300 * MiB * 1.3);
        Assert.InRange(long.Parse(await File.ReadAllTextAsync(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) - expected, -2, 2);
        Assert.InRange(await Kernel.OnLoop(() => Kernel.Broker.AvailableBytes!.Value) - expected, -2, 2);
        Assert.Equal("-rw-r--r--", Mode(path));
        Assert.False(File.Exists(path + ".tmp"));
    }

    [Fact]
    public async Task A_start_takes_from_others_what_it_needs()
    {
        World.Total = 4096 * MiB;
        await Kernel.StartAsync("one", 300);
        await Kernel.PassAsync(10);

        await Kernel.FinishAsync(StartedAsync("two"));

        Assert.Equal(2, World.Machines.Machines.Count);
        Assert.InRange(await Kernel.HasAsync("one"), 390, 1024);
        await Kernel.PassAsync(1);
        Assert.Equal(0, Kernel.Part<Plugins.MemoryManager.Claims.ClaimBook>().OpenBytes);
    }

    [Fact]
    public async Task A_start_that_the_host_has_no_memory_for_is_refused_in_one_line()
    {
        World.Total = 2300 * MiB;

        var refused = await Assert.ThrowsAsync<OutOfMemoryQubeException>(() => Kernel.FinishAsync(StartedAsync("one")));

        Assert.Equal("Not enough memory to start domain 'one'", refused.Message);
        Assert.Empty(World.Machines.Machines);
        Assert.Equal(0, Kernel.Part<Plugins.MemoryManager.Claims.ClaimBook>().OpenBytes);
    }

    [Fact]
    public async Task A_start_that_fails_gives_up_its_claim()
    {
        World.Machines.Creating = _ => throw new QubeException("no");

        await Assert.ThrowsAsync<QubeException>(() => Kernel.FinishAsync(StartedAsync("one")));

        Assert.Equal(0, Kernel.Part<Plugins.MemoryManager.Claims.ClaimBook>().OpenBytes);
    }

    [Fact]
    public async Task Memory_that_a_started_qube_has_not_touched_stays_promised()
    {
        var before = await AvailableAsync();
        World.Machines.Booting = (machine, _) =>
        {
            machine.HostMemory = new(10 << 10, 10 << 10, 0);
            return Task.CompletedTask;
        };

        await Kernel.FinishAsync(StartedAsync("one"));
        await Kernel.PassAsync(20);

        Assert.InRange(await AvailableAsync(), before - 1024 * MiB - 16, before - 1024 * MiB + 16);
    }

    [Fact]
    public async Task A_host_that_cannot_say_how_much_it_has_refuses_nothing()
    {
        World.IsBlind = true;

        await Kernel.FinishAsync(StartedAsync("one"));

        Assert.Null(await Kernel.OnLoop(() => Kernel.Broker.AvailableBytes));
        Assert.Single(World.Machines.Machines);
    }

    [Fact]
    public async Task The_host_itself_is_given_back_what_it_needs()
    {
        await ThreeAsync();
        await Kernel.PassAsync(10);

        World.UsedByHost = 5500 * MiB;
        await Kernel.PassAsync(5);

        Assert.InRange(World.Machines.Machines.Sum(m => m.MemoryTarget), 0, 3 * 500 * MiB);
        Assert.All(World.Machines.Machines, m => Assert.InRange(m.MemoryTarget, 389 * MiB, 1024 * MiB));
    }

    [Fact]
    public async Task The_status_tells_how_host_and_qubes_stand()
    {
        await ThreeAsync();
        await Kernel.PassAsync(10);

        var lines = (await Kernel.CallAsync("admin.memory.Status", "dom0")).TrimEnd('\n').Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.StartsWith("{\"host\":\"dom0\",\"pressure\":\"none\",\"total\":8589934592,\"used\":1073741824,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("{\"qube\":\"one\",\"state\":\"balanced\",\"claimed\":314572800,\"used\":314572800,\"preferred\":408944640,", lines[1], StringComparison.Ordinal);
        Assert.Equal("", await Kernel.CallAsync("admin.memory.Status", "tmpl"));
    }

    private async Task<long> AvailableAsync() => await Kernel.OnLoop(() => Kernel.Broker.AvailableBytes!.Value);

    private Task<bool> StartedAsync(string name) => Kernel.OnLoop(async () =>
    {
        await Kernel.Find(name).StartAsync(default);
        return true;
    });

    private async Task ThreeAsync()
    {
        foreach (var name in new[] { "one", "two", "three" })
            await Kernel.StartAsync(name, 300);
    }

    private static string Mode(string path)
    {
        var mode = (int)File.GetUnixFileMode(path);
        return "-" + string.Concat(Enumerable.Range(0, 9).Select(i => (mode >> (8 - i) & 1) == 1 ? "rwx"[i % 3] : '-'));
    }
}
