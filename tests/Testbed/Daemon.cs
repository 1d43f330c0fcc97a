using System.Diagnostics;

namespace Qubes.Testbed;

/// <summary>
/// A private daemon below a directory of its own, run as its users run it. A reaper process outlives the tests and cleans up
/// should they be killed.
/// </summary>
public sealed class Daemon : IAsyncDisposable
{
    /// <summary>
    /// Memory templates are made when a test says so, and no process waits for a use: machines that nobody asked for would disturb tests
    /// that count or time them.
    /// </summary>
    public const string Quiet = "[Cloning]\nbuild=manual\nreserve=0\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process reaper;
    private Process process;

    private Daemon(string root, Process reaper, Process process)
    {
        Root = root;
        this.reaper = reaper;
        this.process = process;
    }

    /// <summary><c>QUBES_ROOT</c>.</summary>
    public string Root { get; }

    public int ProcessId => process.Id;

    public static Task<Daemon> StartAsync(params string[] arguments) => StartConfiguredAsync(Quiet, arguments);

    /// <param name="configuration">Text of <c>qubesd.conf</c>, in place of <see cref="Quiet"/>.</param>
    /// <param name="arguments">The daemon's own.</param>
    public static async Task<Daemon> StartConfiguredAsync(string configuration, params string[] arguments)
    {
        // Short, so that socket paths fit.
        var root = Directory.CreateTempSubdirectory("qx").FullName;
        var reaper = Process.Start(new ProcessStartInfo("setsid", ["bash", AppContext.BaseDirectory + "reaper.sh", $"{Environment.ProcessId}", root]))!;
        Configure(root, configuration);
        return new Daemon(root, reaper, await LaunchAsync(root, arguments));
    }

    /// <summary>SIGKILL: no chance to clean up.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Has the next start of the daemon read another configuration.</summary>
    public void Configure(string configuration) => Configure(Root, configuration);

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>The next daemon on the same root.</summary>
    public async Task RestartAsync(params string[] arguments)
    {
        process.Dispose();
        process = await LaunchAsync(Root, arguments);
    }

    public ToolRun Tool(string name, params string[] arguments) => new(this, name, arguments);

    /// <summary>Runs a tool that needs no input.</summary>
    public Task<RunResult> RunAsync(string name, params string[] arguments) => Tool(name, arguments).RunAsync();

    /// <summary>Command lines of processes that belong to this daemon's machines.</summary>
    public IReadOnlyList<string> Machines() => MachineProcesses.Below(Root);

    public string Log() => File.ReadAllText(Root + "/qubesd.log");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await StopAsync();
        process.Dispose();
        // The reaper is the one place that knows how to clean up; let it see its cue.
        await File.WriteAllTextAsync(Root + "/done", "");
        await reaper.WaitForExitAsync().WaitAsync(Patience);
        reaper.Dispose();
    }

    private static void Configure(string root, string configuration) =>
        File.WriteAllText(Directory.CreateDirectory(root + "/etc/qubes") + "/qubesd.conf", configuration);

    private static async Task<Process> LaunchAsync(string root, string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" 2>>\"$QUBES_ROOT/qubesd.log\"", "qubesd", Repository.Program("qubesd"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["QUBES_ROOT"] = root;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.True(line == "qubesd: ready", $"the daemon said '{line}': {File.ReadAllText(root + "/qubesd.log")}");
        return process;
    }
}
