using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Status;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Status;

/// <summary>What is noted of requests and preloads.</summary>
public sealed class RecordTests : PreloadTest
{
    private TemplateRecord Record => Kernel.Part<PreloadRecords>().Of(Kernel.Qubes.Find("dvm"));

    private string[] Kinds => [.. Kernel.Part<History>().All.Select(m => $"{m.Kind} {m.Qube}")];

    private Task<TemplateStatus> StatusAsync() => Kernel.OnLoop(() => Kernel.Part<StatusReader>().Of(Kernel.Qubes.Find("dvm")));

    // What was asked for has begun before time passes.
    private async Task CompleteAsync(Task task)
    {
        await Kernel.SettleAsync();
        for (var i = 0; i < 20 && !task.IsCompleted; i++)
            await Kernel.PassAsync(0.5);
        Assert.True(task.IsCompleted);
        await task;
    }

    [Fact]
    public async Task A_ready_one_serves_at_once()
    {
        var queue = await PreloadAsync(1);
        await Kernel.AcquireAsync();

        var status = await StatusAsync();
        Assert.Equal((1, 1.0, 0.0), (status.Requests["served"].Count, status.HitRate, status.P99Ms));
        Assert.Equal([$"created {queue[0]}", $"ready {queue[0]}", $"handed-out {queue[0]}"], Kinds);
        Assert.Equal(1, Record.Starts[StartOutcome.Ready]);
    }

    [Fact]
    public async Task One_that_boots_is_awaited_and_takes_as_long()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(4);
        await PreloadAsync(1);
        var request = Kernel.AcquireAsync();
        await CompleteAsync(request);

        var status = await StatusAsync();
        Assert.Equal((1, 1.0, 4000.0), (status.Requests["awaited"].Count, status.HitRate, status.Requests["awaited"].P50Ms));
        Assert.Equal(1, Record.Starts[StartOutcome.Claimed]);
    }

    [Fact]
    public async Task One_too_many_is_missed_and_measured_until_its_own_disposable_runs()
    {
        await PreloadAsync(1);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(2);
        await Kernel.AcquireAsync();
        var fresh = await Kernel.AcquireAsync();
        Assert.Null((await StatusAsync()).Requests["missed"].P50Ms);

        var start = Kernel.OnLoop(() => fresh.StartAsync(default));
        await CompleteAsync(start);

        var status = await StatusAsync();
        Assert.Equal((1, 2000.0, 0.5), (status.Requests["missed"].Count, status.Requests["missed"].P50Ms, status.HitRate));
        Assert.Equal((0.0, 2000.0), (status.P50Ms, status.P99Ms));
        Assert.Contains("missed ", Kinds);
    }

    [Fact]
    public async Task Requests_to_a_template_that_preloads_nothing_are_none_of_ours()
    {
        await Kernel.AcquireAsync();
        var status = await StatusAsync();
        Assert.Equal((0, (double?)null, "off"), (status.Requests["missed"].Count, status.HitRate, status.State));
    }

    [Fact]
    public async Task One_that_is_let_run_unasked_is_told()
    {
        var queue = await PreloadAsync(1);
        await Kernel.OnLoop(() => Kernel.Qubes.Find(queue[0]).UnpauseAsync(default));
        Assert.Equal($"used-unasked {queue[0]}", Kinds[2]);
    }

    [Fact]
    public async Task A_start_that_fails_is_the_last_failure_and_says_why()
    {
        World.Guests.Serving = (_, _, _) => throw new QubeException("no agent");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        var failure = (await StatusAsync()).LastFailure;
        Assert.Equal(("failed", "no agent", "dvm"), (failure?.Kind, failure?.Detail, failure?.Template));
        Assert.Equal(1, Record.Starts[StartOutcome.Failed]);
    }

    [Fact]
    public async Task Discards_are_counted_by_kind()
    {
        var queue = await PreloadAsync(3);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await Kernel.OnLoop(() => Kernel.Qubes.Find(queue[0]).KillAsync(default));

        Assert.Equal((1, 1), (Record.Discards[DiscardKind.Excess], Record.Discards[DiscardKind.Ended]));
        Assert.Contains($"discarded {queue[2]}", Kinds);
    }

    [Fact]
    public async Task What_an_earlier_daemon_left_is_told_as_kept()
    {
        var queue = await PreloadAsync(1);
        Kernel = await Kernel.CrashAsync();
        Assert.Equal([$"kept {queue[0]}"], Kinds);
    }

    [Fact]
    public async Task A_template_that_is_removed_is_forgotten()
    {
        await PreloadAsync(1);
        await Kernel.AcquireAsync(by: "dom0");
        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultDispvm, null));
        foreach (var disposable in await Kernel.DisposablesAsync())
            await Kernel.OnLoop(() => Kernel.Qubes.Find(disposable).KillAsync(default));
        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm"), default));

        Assert.Empty(Kernel.Part<PreloadRecords>().All);
    }

    [Fact]
    public void History_is_bounded_and_so_is_what_it_says()
    {
        var history = new History(World.Clock);
        for (var i = 0; i < 1200; i++)
            history.Add("dvm", "failed", $"disp{i}", new string('x', 2000));
        Assert.Equal(1000, history.All.Count);
        Assert.Equal(("disp200", 501), (history.All.First().Qube, history.All.First().Detail!.Length));
    }
}
