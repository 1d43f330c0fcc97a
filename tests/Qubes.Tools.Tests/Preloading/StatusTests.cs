using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Preloading;

public sealed class StatusTests : BenchTests
{
    private const string Busy =
        """{"template":"dvm","state":"ready","policy":"adaptive","max":4,"target":2,"target_reason":"at least one","ready":2,"starting":0,"hit_rate":0.975,"p50_ms":12.34,"p99_ms":840,"requests":{},"new":[1],"allowance":2,"weight":100,"memory":{"measured":2,"pss_kib":98304,"private_kib":81920,"shared_kib":30720}}""";

    private const string Ill =
        """{"template":"dvm2","state":"short","message":"of 400 MiB of memory 0 are kept free","policy":"static","max":3,"target":3,"target_reason":"the maximum","ready":0,"starting":1,"last_failure":{"at":"2026-01-02T03:04:05+00:00","template":"dvm2","kind":"failed","qube":"disp7","detail":"no kernel\u001b[2J"},"allowance":1,"allowance_reason":"the host has little\u001b memory left"}""";

    private Task<ToolResult> ShowAsync(params string[] arguments) => Bench.RunAsync("qvm-preload", ["status", .. arguments]);

    [Fact]
    public async Task All_templates_are_shown_with_what_is_wrong()
    {
        Bench.Clock = new VirtualTimeProvider();
        Server.Ok("admin.preload.Status+", "dom0", Busy + "\n" + Ill + "\n");

        var result = await ShowAsync();

        Assert.Equal(
            """
            TEMPLATE  STATE  POLICY    READY  STARTING  TARGET  MAX  HITS  P50_MS  P99_MS  ALLOWED  PSS_MIB
            dvm       ready  adaptive  2      0         2       4    98%   12.3    840.0   2        96
            dvm2      short  static    0      1         3       3    -     -       -       1        -
            dvm2: of 400 MiB of memory 0 are kept free
            dvm2: last failure 2026-01-02 03:04:05, disp7: no kernel\x1b[2J
            dvm2: the host has little\x1b memory left

            """,
            result.Output);
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task Why_so_many_are_wanted_is_told_to_who_wants_more()
    {
        Server.Ok("admin.preload.Status+", "dvm", Busy);
        var lines = (await ShowAsync("-v", "dvm")).Lines;
        Assert.Equal(["dvm: target 2: at least one", "dvm: 98304 KiB of memory: 81920 private, up to 30720 shared by one"], lines[^2..]);
    }

    [Fact]
    public async Task Named_templates_are_shown_in_the_order_given_as_lines_of_json()
    {
        Server.Ok("admin.preload.Status+", "dvm", Busy + "\n").Ok("admin.preload.Status+", "dvm2", Ill + "\n");
        Assert.Equal([Ill, Busy], (await ShowAsync("--json", "dvm2", "dvm", "dvm2")).Lines);
    }

    [Fact]
    public async Task Without_preloads_only_the_headings_are_there()
    {
        Server.Ok("admin.preload.Status+", "dom0");
        Assert.Single((await ShowAsync()).Lines);
        Assert.Empty((await ShowAsync("--json")).Lines);
    }

    [Fact]
    public async Task Watching_shows_it_again_until_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        Bench.Cancellation = interrupt.Token;
        Bench.Clock = new HastyClock();
        Bench.Terminal = true;
        Server.Ok("admin.preload.Status+", "dom0", Busy);
        Server.Ok("admin.preload.Status+", "dom0", Ill);
        Server.Handle("admin.preload.Status+ dom0 name dom0\0", async socket =>
        {
            await interrupt.CancelAsync();
            socket.Close();
        });

        var result = await ShowAsync("--watch");

        Assert.Equal(130, result.Code);
        Assert.Equal(2, result.Output.Split("\e[H\e[2J").Length - 1);
        Assert.Contains("dvm2", result.Output.Split("\e[H\e[2J")[2]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"template":null,"state":"ready","policy":"static","max":1,"target":1,"target_reason":"","ready":1,"starting":0}""")]
    [InlineData("""{"template":"dvm","state":"ready","policy":"static","max":"1","target":1,"target_reason":"","ready":1,"starting":0}""")]
    public async Task An_answer_that_is_none_is_a_failure(string line)
    {
        Server.Ok("admin.preload.Status+", "dom0", line);
        var result = await ShowAsync();
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.StartsWith("qvm-preload: error: a line of the answer to admin.preload.Status ", result.Error);
    }

    [Fact]
    public async Task An_unknown_template_is_a_wrong_command_line()
    {
        Server.Refuse("admin.preload.Status+", "nosuch", "QubesVMNotFoundError", "No such domain: 'nosuch'");
        var result = await ShowAsync("nosuch");
        Assert.Equal((2, "qvm-preload: error: no such domain: 'nosuch'\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_refusal_is_one_line()
    {
        Server.Refuse("admin.preload.Status+", "vm0", "QubesException", "'vm0' has no preloads");
        var result = await ShowAsync("vm0");
        Assert.Equal((1, "qvm-preload: error: 'vm0' has no preloads\n"), (result.Code, result.Error));
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
