using System.Net.Sockets;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using QrexecClient = Qubes.Qrexec.Data.HostClient;

namespace Qubes.Plugins.Qrexec.Tests.HostClients;

public sealed class CallTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(127)]
    public async Task An_exit_code_comes_back(int status)
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(status, (await host.CallAsync($"u:exit {status}")).Status);
    }

    [Fact]
    public async Task Data_goes_both_ways_and_a_half_close_reaches_the_service()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        var (status, received) = await host.CallAsync("u:echo", new MemoryStream(sent));
        Assert.Equal(0, status);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Two_clients_at_once_do_not_mix()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[][] sent = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Repeat((byte)i, 1_000_000).ToArray())];
        var results = await Task.WhenAll(sent.Select(s => host.CallAsync("u:echo", new MemoryStream(s))));
        Assert.All(results, r => Assert.Equal(0, r.Status));
        Assert.Equal(sent, results.Select(r => r.Output));
    }

    [Fact]
    public async Task The_last_data_arrives_even_if_the_guest_is_gone_at_once()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Guest.Service = async (data, _) =>
        {
            await Services.SendAsync(data, MessageType.DataStdout, new byte[200]);
            await Services.SendAsync(data, MessageType.DataStdout, []);
            await Services.SendAsync(data, MessageType.DataStderr, []);
            await data.WriteAsync(QrexecMessage.EncodeExitCode(9), CancellationToken.None);
            await data.DisposeAsync();
            return 0;
        };
        await using QrexecClient client = await host.ConnectAsync();
        ExecParameters port = await client.StartAsync(
            MessageType.ExecCmdline, new ExecRequest(new(0, 0), "u:x"), CancellationToken.None);
        await using UnixVchanListener listener = QrexecClient.Listen(host.Paths.Vchan, port);
        await using UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
        Task<int> call = Qubes.Qrexec.Data.CallerSession.RunAsync(
            vchan, new(Stream.Null, new MemoryStream(), null), CancellationToken.None);
        Assert.Equal(9, await call);
    }

    [Fact]
    public async Task A_reader_that_stalls_holds_up_nobody_else()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using QrexecClient stalled = await host.ConnectAsync();
        ExecParameters port = await stalled.StartAsync(
            MessageType.ExecCmdline, new ExecRequest(new(0, 0), "u:flood 20000000"), CancellationToken.None);
        await using UnixVchanListener listener = QrexecClient.Listen(host.Paths.Vchan, port);
        await using UnixVchan unread = await listener.AcceptAsync(CancellationToken.None);
        await unread.WriteAsync(QrexecMessage.EncodeHello(4), CancellationToken.None);

        Assert.Equal(5, (await host.CallAsync("u:exit 5")).Status);
        Assert.Equal(4_000_000, (await host.CallAsync("u:echo", new MemoryStream(new byte[4_000_000]))).Output.Length);
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_its_service_input()
    {
        await using TestHost host = await TestHost.StartAsync();
        var ended = new TaskCompletionSource<int>();
        host.Guest.Service = async (data, command) =>
        {
            ended.SetResult(await Services.RunAsync(data, command));
            return 0;
        };
        await using (QrexecClient client = await host.ConnectAsync())
        {
            ExecParameters port = await client.StartAsync(
                MessageType.ExecCmdline, new ExecRequest(new(0, 0), "u:sink"), CancellationToken.None);
            await using UnixVchanListener listener = QrexecClient.Listen(host.Paths.Vchan, port);
            await using UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
            await vchan.WriteAsync(QrexecMessage.EncodeHello(4), CancellationToken.None);
        }
        // 1: the connection was closed; 0 would be a proper end of the input.
        Assert.Equal(1, await ended.Task);
    }

    [Fact]
    public async Task A_client_may_leave_and_its_data_connection_goes_on()
    {
        await using TestHost host = await TestHost.StartAsync();
        UnixVchanListener listener;
        await using (QrexecClient client = await host.ConnectAsync())
        {
            ExecParameters port = await client.StartAsync(
                MessageType.ExecCmdline, new ExecRequest(new(0, 0), "u:exit 6"), CancellationToken.None);
            listener = QrexecClient.Listen(host.Paths.Vchan, port);
        }
        await using UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
        Assert.Equal(6, await Qubes.Qrexec.Data.CallerSession.RunAsync(
            vchan, new(Stream.Null, Stream.Null, null), CancellationToken.None));
        await listener.DisposeAsync();
    }

    [Theory]
    [InlineData("DEFAULT:echo x", "alice:echo x")]
    [InlineData("DEFAULTS:echo", "DEFAULTS:echo")]
    [InlineData("root:echo DEFAULT:", "root:echo DEFAULT:")]
    public async Task The_default_user_is_named(string command, string executed)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Guest.Service = null;
        await using QrexecClient client = await host.ConnectAsync();
        await client.StartAsync(MessageType.JustExec, new ExecRequest(new(0, 0), command), CancellationToken.None);
        Assert.Equal(executed, (await host.Guest.Executed.ReadAsync()).Command);
    }

    [Fact]
    public async Task A_port_that_is_given_is_used_and_not_announced()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Guest.Service = null;
        await using MessageConnection client = await GreetAsync(host);
        await client.WriteAsync(new ExecRequest(new(0, 700), "u:x").Encode(MessageType.ExecCmdline), CancellationToken.None);
        Assert.Equal(700, (await host.Guest.Executed.ReadAsync()).Parameters.Port);
        // The only thing that the client gets is the end, when the guest says so.
        await host.Guest.TerminateAsync(new(0, 700));
        Assert.Null(await client.ReadAsync(CancellationToken.None));
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "old hello", QrexecMessage.EncodeHello(2) },
        { "no hello", new ExecRequest(new(0, 0), "u:x").Encode(MessageType.ExecCmdline) },
        { "wrong type", [.. QrexecMessage.EncodeHello(3), .. QrexecMessage.Encode(MessageType.DataStdin, [1])] },
        { "unknown type", [.. QrexecMessage.EncodeHello(3), 9, 9, 9, 9, 0, 0, 0, 0] },
        { "no command", [.. QrexecMessage.EncodeHello(3), .. new ExecParameters(0, 0).Encode(MessageType.ExecCmdline)] },
        { "no NUL", [.. QrexecMessage.EncodeHello(3), .. QrexecMessage.Encode(MessageType.ExecCmdline, [0, 0, 0, 0, 0, 0, 0, 0, 65])] },
        { "too long", [.. QrexecMessage.EncodeHello(3), 0, 2, 0, 0, 0, 0, 1, 0] },
        { "no data port", [.. QrexecMessage.EncodeHello(3), .. new ExecRequest(new(0, 512), "u:x").Encode(MessageType.ExecCmdline)] },
        { "another guest", [.. QrexecMessage.EncodeHello(3), .. new ExecRequest(new(9, 0), "u:x").Encode(MessageType.ExecCmdline)] },
        {
            "no pending call",
            [.. QrexecMessage.EncodeHello(3), .. new ServiceConnect(new(0, 0), RequestId.FromText("SOCKET3")).Encode()]
        },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_client_that_breaks_the_protocol_is_dropped_alone(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        await using TestHost host = await TestHost.StartAsync();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.SocketPath));
        await socket.SendAsync(bytes);
        byte[] buffer = new byte[64];
        int total = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory()) is > 0 and int count)
                total += count;
        }
        catch (SocketException)
        {
            // It was dropped with something of ours unread.
        }
        Assert.True(total <= QrexecMessage.EncodeHello(3).Length);
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    private static async Task<MessageConnection> GreetAsync(TestHost host)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.SocketPath));
        var client = new MessageConnection(new UnixVchan(socket));
        Assert.Equal(3, (await client.ReadAsync(CancellationToken.None))!.ReadHello());
        await client.WriteAsync(QrexecMessage.EncodeHello(3), CancellationToken.None);
        return client;
    }
}
