using Qubes.Tools.Calls;
using Qubes.Tools.Hosting;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Calls;

public sealed class QrexecCallsTests : BenchTests
{
    private static readonly ServiceCall Call = new("vm1", "test.Service");

    private Task<int> RunAsync(ServiceCall call, Stream? output = null, CancellationToken cancellation = default) =>
        new QrexecCalls(Bench.Paths.QrexecDirectory, Bench.Paths.VchanDirectory, Bench.Clock)
            .RunAsync(call, Stream.Null, output ?? Stream.Null, Stream.Null, cancellation);

    [Theory]
    [InlineData("DEFAULT:nogui:QUBESRPC a.B+ dom0", "a.B")]
    [InlineData("DEFAULT:nogui:QUBESRPC a.B+c+d dom0", "a.B+c+d")]
    public void The_command_text_always_has_an_argument(string text, string service) =>
        Assert.Equal(text, new ServiceCall("vm", service).CommandText);

    [Fact]
    public async Task A_connection_lost_before_the_status_is_255()
    {
        await using var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            await call.OutputAsync("half");
        });
        var output = new MemoryStream();
        Assert.Equal(255, await RunAsync(Call, output));
        Assert.Equal("half"u8.ToArray(), output.ToArray());
    }

    [Fact]
    public async Task A_qube_that_never_connects_is_given_up_on()
    {
        var done = new TaskCompletionSource();
        await using (var qube = new QrexecQube(Bench.Paths, "vm1", _ => done.Task))
        {
            var e = await Assert.ThrowsAsync<ToolException>(() => RunAsync(Call with { ConnectTimeout = TimeSpan.FromMilliseconds(1) }));
            Assert.Equal(125, e.ExitCode);
            Assert.Contains("did not open the data connection within 0 s", e.Message);
            done.SetResult();
        }

        Assert.Empty(Directory.GetFiles(Bench.Paths.VchanDirectory));
    }

    [Fact]
    public async Task A_daemon_that_closes_instead_of_answering_is_trouble()
    {
        Directory.CreateDirectory(Bench.Paths.QrexecDirectory);
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(Bench.Paths.QrexecDirectory, "qrexec.vm1")));
        listener.Listen();
        var closing = Task.Run(async () => (await listener.AcceptAsync()).Dispose());
        var e = await Assert.ThrowsAsync<ToolException>(() => RunAsync(Call));
        Assert.Equal(125, e.ExitCode);
        await closing;
    }

    [Fact]
    public async Task A_command_with_a_nul_cannot_be_sent()
    {
        await using var qube = new QrexecQube(Bench.Paths, "vm1", _ => Task.CompletedTask);
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(Call with { ShellCommand = "a\0b" }));
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_call()
    {
        var left = false;
        await using (var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            try
            {
                while (true)
                    await call.SendAsync(Qubes.Qrexec.Protocol.MessageType.DataStdout, new byte[60000]);
            }
            catch (Qubes.Qrexec.Vchan.VchanClosedException)
            {
                left = true;
            }
        }))
        {
            var e = await Assert.ThrowsAsync<IOException>(() => RunAsync(Call, new Broken()));
            Assert.True(Qubes.Tools.Terminal.BrokenPipe.Is(e));
        }

        Assert.True(left);
    }

    private sealed class Broken : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Broken pipe", 32);
    }
}
