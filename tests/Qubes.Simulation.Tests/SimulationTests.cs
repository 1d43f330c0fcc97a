using System.Diagnostics;
using System.Globalization;

namespace Qubes.Simulation.Tests;

/// <summary>The real program: kernel and plugin are those of the daemon.</summary>
public sealed class SimulationTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string trace = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(trace);

    // One every ten minutes for two hours, and in the middle four at once.
    private void Write()
    {
        var times = Enumerable.Range(0, 12).Select(i => i * 600_000L).Concat(Enumerable.Range(0, 4).Select(i => 3_900_000L + i * 10)).Order();
        File.WriteAllText(trace, "qubes-preload-trace 1 2026-01-31T08:00:00+01:00\n" + string.Concat(times.Select(t => $"{t} dvm\n")) + "7200000 .\n");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "qubesd-simulate"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private async Task<(string Output, string[][] Rows)> SimulateAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(["--trace", trace, .. arguments]);
        Assert.True(code == 0, error);
        var lines = output.Split('\n');
        return (output, [.. lines.Skip(2).TakeWhile(l => l.Length > 0).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))]);
    }

    private static double Number(string text) => double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_policy_that_keeps_more_serves_more_and_costs_more()
    {
        Write();
        var (_, rows) = await SimulateAsync("--policy", "static", "--policy", "adaptive", "--max", "4", "--memory", "512");

        var (all, some) = (rows[0], rows[1]);
        Assert.Equal(("static", "16", "16", "100.0%"), (all[0], all[1], all[2], all[6]));
        Assert.Equal(("adaptive", "16", "13"), (some[0], some[1], some[2]));
        // Four for two hours of half a GiB each, less what is missing for the three seconds and the start after each use.
        Assert.InRange(Number(all[11]), 4 * 7200 * 0.5 - 16 * 4, 4 * 7200 * 0.5);
        Assert.InRange(Number(some[11]), 7200 * 0.5 * 0.9, 7200 * 0.5 * 1.6);
        Assert.True(Number(some[9]) > 0);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_and_another_one_something_else()
    {
        Write();
        var first = await SimulateAsync("--policy", "adaptive", "--seed", "5", "--delay", "auto");
        var again = await SimulateAsync("--policy", "adaptive", "--seed", "5", "--delay", "auto");
        var other = await SimulateAsync("--policy", "adaptive", "--seed", "6", "--delay", "auto");
        Assert.Equal(first.Output, again.Output);
        Assert.NotEqual(first.Output, other.Output);
    }

    [Fact]
    public async Task A_script_decides_and_one_that_fails_is_told()
    {
        Write();
        var script = trace + ".csx";
        try
        {
            await File.WriteAllTextAsync(script, """
                Policy("mine", view => view.Now.Hour < 9 ? throw new InvalidOperationException("too early")
                    : view.Template.Name == "dvm" ? new PreloadTarget(2, "two") : throw new InvalidOperationException("who?"));
                """);
            var (code, output, error) = await RunAsync("--trace", trace, "--policy", script, "--policy", "static", "--max", "2", "--memory", "1024");
            Assert.Equal(0, code);
            var rows = output.Split('\n').Skip(2).Take(2).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            Assert.Equal(Path.GetFileName(script), rows[0][0]);
            // Before its first decision the maximum counts, which is what it wants later.
            Assert.Equal(rows[1][1..], rows[0][1..]);
            Assert.Matches("failed to decide, .*InvalidOperationException: too early", error);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task A_script_that_cannot_be_used_is_refused_in_one_line()
    {
        Write();
        var script = trace + ".csx";
        try
        {
            foreach (var (text, message) in new[] { ("Policy(", ".csx:1:1: "), ("On<QubeStarted>(_ => { });", "has 0 policies") })
            {
                await File.WriteAllTextAsync(script, text);
                var result = await RunAsync("--trace", trace, "--policy", script);
                Assert.Equal((1, ""), (result.Code, result.Output));
                Assert.Contains(message, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
            }
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task Memory_bounds_what_is_preloaded()
    {
        Write();
        var (_, rows) = await SimulateAsync("--policy", "static", "--max", "4", "--memory", "400", "--host-memory", "1700", "--use", "600");
        Assert.InRange(Number(rows[0][10]), 1.0, 3.5);
    }

    [Theory]
    [InlineData(1, "is one of adaptive, static, not 'nosuch'", "--policy", "nosuch")]
    [InlineData(1, "nosuch.csx", "--policy", "/nosuch.csx")]
    [InlineData(1, "number of seconds", "--policy", "static", "--delay", "soon")]
    public async Task What_is_wrong_is_said_in_one_line(int code, string message, params string[] arguments)
    {
        Write();
        var result = await RunAsync(["--trace", trace, .. arguments]);
        Assert.Equal((code, ""), (result.Code, result.Output));
        Assert.StartsWith("qubesd-simulate: ", result.Error);
        Assert.Contains(message, result.Error);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_file_that_is_no_trace_is_refused_and_its_text_does_nothing_to_a_terminal()
    {
        await File.WriteAllTextAsync(trace, "qubes-preload-trace 1 2026-01-31T08:00:00+01:00\n5 \u001b[2J\n");
        var result = await RunAsync("--trace", trace, "--policy", "static");
        Assert.Equal(1, result.Code);
        Assert.Contains("line 2: Qube name '?[2J' is malformed", result.Error);
    }
}
