using System.Net.Sockets;
using System.Text;

namespace Qubes.Daemon.Tests;

/// <summary>The program as its service manager and its users see it.</summary>
public sealed class DaemonProcessTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly string[] Simulated = ["--hypervisor", "simulated"];

    private readonly TestRoot root = new();

    public DaemonProcessTests() => root.InstallSimulation();

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData(Terminate)]
    [InlineData(Interrupt)]
    public async Task It_says_once_that_it_is_ready_and_ends_cleanly_when_told(int signal)
    {
        await using var daemon = new DaemonProcess(root, Simulated);
        Assert.Equal("qubesd: ready", await daemon.NextLine());
        daemon.Signal(signal);
        var (code, output, error) = await daemon.End();
        Assert.Equal(0, code);
        Assert.Equal("", output);
        Assert.Contains("Plugin Simulation 0.1.0 is active", error);
    }

    [Fact]
    public async Task A_second_one_on_the_same_root_says_why_not_in_one_line()
    {
        await using var first = new DaemonProcess(root, Simulated);
        Assert.Equal("qubesd: ready", await first.NextLine());
        await using var second = new DaemonProcess(root, Simulated);
        Assert.Equal(
            (1, "", $"qubesd: another qubesd (process {first.Id}) works on {root.Paths.State}; stop it first\n"), await second.End());
    }

    [Fact]
    public async Task A_killed_one_does_not_keep_the_next_from_starting()
    {
        await using (var first = new DaemonProcess(root, Simulated))
        {
            Assert.Equal("qubesd: ready", await first.NextLine());
            first.Signal(9);
            await first.End();
        }
        await using var second = new DaemonProcess(root, Simulated);
        Assert.Equal("qubesd: ready", await second.NextLine());
    }

    [Fact]
    public async Task The_service_manager_is_told_of_its_start_and_its_end()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(root.Path + "/notify"));
        await using var daemon = new DaemonProcess(root, Simulated, ("NOTIFY_SOCKET", root.Path + "/notify"), ("JOURNAL_STREAM", "1:2"));
        Assert.Equal("READY=1", await Next());
        daemon.Signal(Terminate);
        Assert.Equal("STOPPING=1", await Next());
        var (code, _, error) = await daemon.End();
        Assert.Equal(0, code);
        Assert.All(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^<[2-7]>", line));

        async Task<string> Next()
        {
            var buffer = new byte[100];
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Fact]
    public async Task A_failure_at_its_start_is_one_line()
    {
        root.Write("etc/qubes/qubesd.conf", "[qubesd]\ndebug=maybe\n");
        await using var daemon = new DaemonProcess(root, Simulated);
        Assert.Equal((1, "", "qubesd: [qubesd] debug is 'maybe'; it must be yes or no\n"), await daemon.End());
    }

    [Fact]
    public async Task A_failure_shows_where_it_comes_from_when_debugging()
    {
        root.Write("etc/qubes/qubesd.conf", "[qubesd\n");
        await using var daemon = new DaemonProcess(root, ["--debug"]);
        var (code, _, error) = await daemon.End();
        Assert.Equal(1, code);
        Assert.Contains("\n   at Qubes.Daemon.", error);
    }
}
