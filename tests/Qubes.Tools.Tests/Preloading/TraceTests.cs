using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Preloading;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Preloading;

public sealed class TraceTests : BenchTests
{
    [Theory]
    [InlineData("start", """{"state":"recording","path":"/var/log/qubes/preload.trace","requests":0,"since":"2026-01-02T03:04:05+00:00"}""",
        "/var/log/qubes/preload.trace: recording, 0 requests since 2026-01-02 03:04:05\n")]
    [InlineData("stop", """{"state":"ended","path":"/p","requests":1,"since":"2026-01-02T03:04:05+00:00","reason":"it was stopped"}""",
        "/p: ended, 1 request since 2026-01-02 03:04:05; it was stopped\n")]
    [InlineData("status", """{"state":"none","requests":0}""", "no trace is being recorded\n")]
    public async Task What_is_done_is_told(string action, string answer, string text)
    {
        Bench.Clock = new VirtualTimeProvider();
        Server.Ok("admin.preload.Trace+" + action, "dom0", answer + "\n");
        var result = await Bench.RunAsync("qvm-preload", "trace", action);
        Assert.Equal((0, text), (result.Code, result.Output));
    }

    [Theory]
    [InlineData]
    [InlineData("begin")]
    [InlineData("start", "now")]
    public async Task A_wrong_command_line_is_refused(params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-preload", ["trace", .. arguments]);
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("""{"requests":0}""")]
    public async Task An_answer_that_is_none_is_a_failure(string answer)
    {
        Server.Ok("admin.preload.Trace+status", "dom0", answer);
        Assert.Equal(1, (await Bench.RunAsync("qvm-preload", "trace", "status")).Code);
    }

    [Fact]
    public async Task A_simulation_is_another_programs_and_gets_what_was_given()
    {
        var result = await SimulateAsync("printf '%s\\n' \"$@\"; echo why >&2; exit 1", "--policy", "static", "--trace", "a file", "--policy=-x", "--seed", "7");
        Assert.Equal((1, "--policy=static\n--policy=-x\n--trace=a file\n--seed=7\n", "why\n"), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("--policy", "static")]
    [InlineData("--trace", "file")]
    [InlineData("--policy", "static", "--trace", "file", "--speed", "2")]
    [InlineData("--policy", "static", "--trace", "file", "more")]
    public async Task A_wrong_command_line_of_it_runs_nothing(params string[] arguments)
    {
        var result = await SimulateAsync("echo ran", arguments);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }

    [Fact]
    public async Task Without_the_program_it_says_so()
    {
        var result = await Bench.RunAsync(new PreloadApplet(Bench.Root + "/nothing"), "simulate", "--policy", "static", "--trace", "file");
        Assert.Equal(1, result.Code);
        Assert.Contains("/nothing cannot be run", result.Error);
    }

    private Task<ToolResult> SimulateAsync(string script, params string[] arguments)
    {
        var program = Bench.Root + "/simulator";
        File.WriteAllText(program, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Bench.RunAsync(new PreloadApplet(program), ["simulate", .. arguments]);
    }
}
