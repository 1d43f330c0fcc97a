using System.Text;
using System.Text.Json;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Metrics;
using Qubes.Plugins.Preload.Status;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Status;

/// <summary>The methods behind <c>qvm-preload</c>.</summary>
public sealed class MethodTests : PreloadTest
{
    private Task<string> CallAsync(string method, string destination = "dom0", string argument = "", string source = "dom0", Action<AdminPermission>? allow = null) =>
        Kernel.OnLoop(async () =>
        {
            var (from, to) = (Kernel.Qubes.Find(source), Kernel.Qubes.Find(destination));
            var permission = new AdminPermission(from, method, to, argument, default);
            allow?.Invoke(permission);
            var known = Kernel.Part<IEnumerable<IAdminMethodProvider>>().SelectMany(p => p.Methods).Cast<AnsweringMethod>().Single(m => m.Name == method);
            var answer = await known.Handler(new(method, from, to, argument, default) { Permission = permission }, default);
            return Encoding.UTF8.GetString(answer.Utf8.Span);
        });

    private async Task<JsonElement[]> LinesAsync(string method, string destination = "dom0", string source = "dom0", Action<AdminPermission>? allow = null) =>
        [.. (await CallAsync(method, destination, source: source, allow: allow)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];

    [Fact]
    public async Task Status_is_a_line_for_each_template_that_preloads()
    {
        await PreloadAsync(2);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");

        var all = await LinesAsync("admin.preload.Status");

        Assert.Equal(["dvm", "dvm2"], all.Select(s => s.GetProperty("template").GetString()));
        Assert.Equal(
            """
            {"template":"dvm","state":"ready","policy":"static","max":2,"target":2,"target_reason":"the maximum","ready":2,"starting":0,"requests":{"served":{"count":0},"awaited":{"count":0},"missed":{"count":0}},"allowance":2,"weight":100,"memory":{"measured":2,"pss_kib":819200,"private_kib":819200,"shared_kib":0}}
            """,
            all[0].GetRawText());
    }

    [Fact]
    public async Task What_keeps_a_queue_from_being_full_is_told()
    {
        World.AvailableBytes = 0;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        var status = Assert.Single(await LinesAsync("admin.preload.Status", "dvm"));

        Assert.Equal("short", status.GetProperty("state").GetString());
        Assert.Contains("MiB", status.GetProperty("message").GetString());
    }

    [Fact]
    public async Task What_preloads_cost_is_measured_when_somebody_asks()
    {
        var queue = await PreloadAsync(2);
        World.Hypervisor.MachineOf(queue[0]).HostMemory = new(50, 30, 200);
        World.Hypervisor.MachineOf(queue[1]).HostMemory = new(60, 40, 210);

        var memory = Assert.Single(await LinesAsync("admin.preload.Status", "dvm")).GetProperty("memory");

        Assert.Equal("""{"measured":2,"pss_kib":110,"private_kib":70,"shared_kib":210}""", memory.GetRawText());
        Assert.Contains("qubes_preload_pss_bytes{template=\"dvm\"} 112640\n", await Kernel.OnLoop(() => Kernel.Part<PreloadMetrics>().ReadAsync(default)));
    }

    [Fact]
    public async Task Fewer_than_are_wanted_are_allowed_while_memory_is_short_and_why_is_told()
    {
        await PreloadAsync(2);
        World.Pressure = MemoryPressure.High;
        await Kernel.OnLoop(() => Kernel.Bus.Fire(new HostMemoryPressureChanged(MemoryPressure.High)));
        await Kernel.SettleAsync();

        var status = Assert.Single(await LinesAsync("admin.preload.Status", "dvm"));

        Assert.Equal(("short", 2, 1), (status.GetProperty("state").GetString(), status.GetProperty("target").GetInt32(), status.GetProperty("allowance").GetInt32()));
        Assert.Equal("the host is short of memory, so preloads are given up", status.GetProperty("allowance_reason").GetString());
        Assert.Equal(status.GetProperty("allowance_reason").GetString(), status.GetProperty("message").GetString());
        var metrics = await Kernel.OnLoop(() => Kernel.Part<PreloadMetrics>().ReadAsync(default));
        Assert.Contains("qubes_preload_allowance{template=\"dvm\"} 1\n", metrics);
        Assert.Contains("qubes_preload_discards_total{template=\"dvm\",reason=\"short_of_memory\"} 1\n", metrics);
    }

    [Fact]
    public async Task One_that_starts_is_filling()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await PreloadAsync(1);
        var status = Assert.Single(await LinesAsync("admin.preload.Status"));
        Assert.Equal(("filling", 1), (status.GetProperty("state").GetString(), status.GetProperty("starting").GetInt32()));
    }

    [Fact]
    public async Task Others_see_only_what_a_plugin_shows_them()
    {
        await PreloadAsync(1);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");

        foreach (var method in new[] { "admin.preload.Status", "admin.preload.History" })
        {
            Assert.Empty(await LinesAsync(method, source: "work"));
            var seen = await LinesAsync(method, source: "work", allow: p => p.ShowOnly(q => q.Name == "dvm2"));
            Assert.All(seen, s => Assert.Equal("dvm2", s.GetProperty("template").GetString()));
            Assert.NotEmpty(seen);
        }
    }

    [Fact]
    public async Task History_of_one_template_is_its_own()
    {
        var queue = await PreloadAsync(1);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");

        var history = await LinesAsync("admin.preload.History", "dvm");

        Assert.Equal(["created", "ready"], history.Select(m => m.GetProperty("kind").GetString()));
        Assert.All(history, m => Assert.Equal(queue[0], m.GetProperty("qube").GetString()));
        Assert.Equal(World.Clock.GetUtcNow(), history[0].GetProperty("at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("admin.preload.Status")]
    [InlineData("admin.preload.History")]
    [InlineData("admin.preload.Drain")]
    [InlineData("admin.preload.Refresh")]
    public async Task What_is_no_disposable_template_is_refused(string method)
    {
        var refusal = await Assert.ThrowsAsync<QubesException>(() => CallAsync(method, "work"));
        Assert.Contains("'work' has no preloads", refusal.Message);
    }

    [Theory]
    [InlineData("admin.preload.Drain", "un")]
    [InlineData("admin.preload.Drain", "outdated")]
    [InlineData("admin.preload.Refresh", "undo")]
    public async Task An_argument_that_is_none_is_refused_and_nothing_is_done(string method, string argument)
    {
        var queue = await PreloadAsync(1);
        await Assert.ThrowsAsync<InvalidValueException>(() => CallAsync(method, "dvm", argument));
        Assert.Equal(queue, await Kernel.QueueAsync());
    }

    [Fact]
    public async Task A_drained_template_has_none_when_the_answer_comes_and_gets_none()
    {
        await PreloadAsync(2);

        await CallAsync("admin.preload.Drain", "dvm");
        Assert.Empty(await Kernel.DisposablesAsync());

        var fresh = await Kernel.AcquireAsync();
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        var fill = Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
        await Kernel.PassAsync(10);
        Assert.True(fill.IsCompletedSuccessfully);
        Assert.Equal([fresh.Name], await Kernel.DisposablesAsync());
        Assert.Equal("drained", Assert.Single(await LinesAsync("admin.preload.Status")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_that_starts_is_drained_as_well()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(30);
        await PreloadAsync(2);
        var drain = CallAsync("admin.preload.Drain", "dvm");
        await Kernel.SettleAsync();
        Assert.True(drain.IsCompletedSuccessfully);
        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(World.Hypervisor.Machines);
    }

    [Fact]
    public async Task Draining_leaves_what_somebody_was_promised()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        var queue = await PreloadAsync(1);
        var request = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        await CallAsync("admin.preload.Drain", "dvm");
        await Kernel.PassAsync(4);

        Assert.True(request.IsCompleted);
        Assert.Equal(queue[0], (await request).Name);
    }

    [Fact]
    public async Task A_drained_template_is_drained_after_a_restart_until_that_is_undone()
    {
        await PreloadAsync(1);
        await CallAsync("admin.preload.Drain", "dvm");
        Kernel = await Kernel.CrashAsync();
        await Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
        Assert.Empty(await Kernel.QueueAsync());

        await CallAsync("admin.preload.Drain", "dvm", "undo");
        await CallAsync("admin.preload.Drain", "dvm", "undo");
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task A_refresh_replaces_all()
    {
        var queue = await PreloadAsync(2);

        Assert.Equal("2", await CallAsync("admin.preload.Refresh", "dvm"));
        await Kernel.PassAsync(10);

        var now = await Kernel.QueueAsync();
        Assert.Equal(2, now.Length);
        Assert.Empty(now.Intersect(queue));
    }

    [Fact]
    public async Task Each_stays_until_its_successor_is_ready()
    {
        var queue = await PreloadAsync(2);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);

        await CallAsync("admin.preload.Refresh", "dvm");
        for (var i = 0; i < 20; i++)
        {
            await Kernel.PassAsync(0.5);
            var ready = await Kernel.OnLoop(() => Kernel.Lives.QueuedOf(Kernel.Qubes.Find("dvm")).Count(p => p.Stage == PreloadStage.Paused));
            Assert.InRange(ready, 2, 3);
        }

        Assert.Empty((await Kernel.QueueAsync()).Intersect(queue));
        Assert.Equal(2, await Kernel.OnLoop(() => Kernel.Part<PreloadRecords>().Of(Kernel.Qubes.Find("dvm")).Discards[DiscardKind.Refreshed]));
    }

    [Fact]
    public async Task One_that_is_to_be_replaced_may_be_handed_out_meanwhile()
    {
        var queue = await PreloadAsync(1);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await CallAsync("admin.preload.Refresh", "dvm");
        Assert.Equal(queue[0], (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task A_refresh_tries_again_what_has_failed()
    {
        World.Guests.Serving = (_, _, _) => throw new QubeException("no agent");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        var status = Assert.Single(await LinesAsync("admin.preload.Status"));
        Assert.Contains("no agent; next try", status.GetProperty("message").GetString());
        World.Guests.Serving = null;

        Assert.Equal("0", await CallAsync("admin.preload.Refresh", "dvm"));
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task A_refresh_of_outdated_ones_leaves_the_others()
    {
        var queue = await PreloadAsync(2);
        Assert.Equal("0", await CallAsync("admin.preload.Refresh", "dvm", "outdated"));
        await Kernel.SettleAsync();
        Assert.Equal(queue, await Kernel.QueueAsync());

        await Kernel.OnLoop(() => Kernel.Volumes.ResizeAsync(Kernel.Qubes.Find("dvm").Volumes.First(v => v.Name == "private"), 5L << 30, default));
        Assert.Equal("2", await CallAsync("admin.preload.Refresh", "dvm", "outdated"));
    }
}
