using Qubes.Sdk.Testing.Time;

namespace Qubes.Daemon.Tests;

/// <summary>The daemon within the test's process.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly TestRoot root = new();
    private readonly StringWriter error = new();

    public DaemonTests() => root.InstallSimulation();

    public void Dispose()
    {
        error.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task State_is_kept_from_one_run_to_the_next()
    {
        Assert.Equal(0, await RunUntilReady());
        Assert.Equal(0, await RunUntilReady());
        Assert.True(File.Exists(root.Paths.State + "/state.db"));
    }

    [Fact]
    public async Task The_hypervisor_may_be_chosen_in_the_configuration()
    {
        root.Write("etc/qubes/qubesd.conf", "[qubesd]\nhypervisor=simulated\n[Simulation]\nsped=1\n[Other]\na=b\n");
        Assert.Equal(0, await RunUntilReady(new DaemonOptions()));
    }

    [Fact]
    public async Task A_configuration_file_that_was_asked_for_must_exist()
    {
        Assert.Equal(1, await RunUntilReady(new DaemonOptions(ConfigurationFile: root.Path + "/none.conf")));
        Assert.Equal($"qubesd: there is no configuration file {root.Path}/none.conf\n", error.ToString());
    }

    [Fact]
    public async Task An_unknown_hypervisor_ends_it()
    {
        Assert.Equal(1, await RunUntilReady(new DaemonOptions("unknown")));
        Assert.StartsWith("qubesd: No active plugin has the hypervisor driver 'unknown'", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, error.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_state_file_that_is_none_ends_it()
    {
        root.Write("var/lib/qubes/state.db", new string('x', 5000));
        Assert.Equal(1, await RunUntilReady());
        Assert.Matches(@"\Aqubesd: [^\n]+\n\z", error.ToString());
    }

    [Fact]
    public async Task Being_told_to_end_while_starting_is_no_failure()
    {
        using var already = new CancellationTokenSource();
        already.Cancel();
        Assert.Equal(0, await Daemon(new DaemonOptions("simulated"), new StringWriter()).RunAsync(already.Token));
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task A_failed_start_leaves_the_root_free_for_the_next()
    {
        await RunUntilReady(new DaemonOptions("unknown"));
        Assert.Equal(0, await RunUntilReady());
    }

    private async Task<int> RunUntilReady(DaemonOptions? options = null)
    {
        using var terminate = new CancellationTokenSource();
        await using var output = new EndWhenReady(terminate);
        return await Daemon(options ?? new DaemonOptions("simulated"), output).RunAsync(terminate.Token);
    }

    private Daemon Daemon(DaemonOptions options, TextWriter output) =>
        new(options, new Surroundings(root.Paths, output, error, NotifySocket: null, ToJournal: false, new VirtualTimeProvider()));

    private sealed class EndWhenReady(CancellationTokenSource terminate) : StringWriter
    {
        public override Task WriteLineAsync(string? value)
        {
            Assert.Equal("qubesd: ready", value);
            return terminate.CancelAsync();
        }
    }
}
