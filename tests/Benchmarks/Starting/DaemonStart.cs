using Qubes.Benchmarks.Disposables;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Starting;

/// <summary>A daemon with all shipped plugins and all shipped scripts, which it has seen before, beside one that only says its version.</summary>
internal static class DaemonStart
{
    private const int Rounds = 20;
    private const string Compiler = "Microsoft.CodeAnalysis.CSharp.dll";
    private static readonly string[] Arguments = ["--hypervisor", "simulated"];

    public static async Task RunAsync(Report report)
    {
        await using var daemon = await Daemon.StartAsync(Arguments);
        var scripts = Directory.CreateDirectory(daemon.Root + "/etc/qubes/scripts").FullName;
        foreach (var script in Directory.EnumerateFiles(AppContext.BaseDirectory + "/scripts", "*.csx"))
            File.Copy(script, $"{scripts}/{Path.GetFileName(script)}");
        // The first start compiles them.
        await StartAsync(daemon);
        var count = Directory.EnumerateFiles(scripts).Count();
        var (ready, version) = (new Sample(), new Sample());
        for (var round = 0; round < Rounds; round++)
        {
            ready.Add(await StartAsync(daemon));
            if ((await File.ReadAllTextAsync($"/proc/{daemon.ProcessId}/maps")).Contains(Compiler, StringComparison.Ordinal))
                throw new InvalidOperationException("the compiler was loaded for scripts that had not changed");
            var clock = new StageClock();
            (await daemon.RunAsync("qubesd", "--version")).Succeeded();
            version.Add(clock.Whole);
        }
        var listed = (await daemon.RunAsync("qubes-script", "list")).Succeeded().Text;
        if (listed.Split('\n').Count(line => line.Contains(" active ", StringComparison.Ordinal)) != count)
            throw new InvalidOperationException($"not all of {count} scripts are active:\n{listed}");
        report.Section(
            "Start of the daemon",
            $"From the command until `qubesd: ready`, with every plugin that ships and {count} scripts that have not changed (their compiler is not loaded), in turns with `qubesd --version`; machines are simulated.",
            ["what", "N", "p50", "p90", "ratio", "goal"],
            [Row("version", version, version, ""), Row("ready", ready, version, "0.7 s")]);
    }

    private static async Task<double> StartAsync(Daemon daemon)
    {
        await daemon.StopAsync();
        var clock = new StageClock();
        await daemon.RestartAsync(Arguments);
        return clock.Whole;
    }

    private static string[] Row(string what, Sample sample, Sample to, string goal) =>
        [what, $"{sample.Count}", Report.Seconds(sample.Percentile(50)), Report.Seconds(sample.Percentile(90)), $"{sample.Percentile(50) / to.Percentile(50):0.0}", goal];
}
