using System.Net;
using System.Net.Sockets;
using System.Text;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Tests.Calling;

public sealed class LocalEndTests
{
    [Fact]
    public async Task A_local_program_is_connected_and_finds_the_clients_own_descriptors()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc", "/bin/bash", "-c",
            "cat >&$SAVED_FD_1; head -c 3 <&$SAVED_FD_0; echo \"$QREXEC_AGENT_PID $PPID ${SAVED_FD_2-none}\"; exit 5");
        await client.Input.WriteAsync("own"u8.ToArray());
        client.Input.Close();
        await agent.AcceptAsync();
        await agent.SendAsync(MessageType.DataStdout, "from the service"u8);
        await agent.SendAsync(MessageType.DataStdout, []);
        var output = new byte[16];
        await client.Output.ReadExactlyAsync(output).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("from the service", Encoding.UTF8.GetString(output));
        var words = Encoding.UTF8.GetString(await agent.ReadInputAsync())[3..].Trim().Split(' ');
        Assert.Equal(words[0], words[1]);
        Assert.Equal("none", words[2]);
        await agent.SendAsync(QrexecMessage.EncodeExitCode(0));
        Assert.Equal(5, await client.ExitAsync());
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(0, 3)]
    public async Task The_services_status_comes_before_the_local_programs(int remote, int expected)
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc", "/bin/sh", "-c", "exit 3");
        await agent.AcceptAsync();
        Assert.Empty(await agent.ReadInputAsync());
        await agent.ExitAsync(remote);
        Assert.Equal(expected, await client.ExitAsync());
    }

    [Fact]
    public async Task A_local_program_that_cannot_be_started_is_127_and_the_service_sees_the_end()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc", "/does/not/exist");
        await agent.TakeRequestAsync();
        await agent.AnswerAsync(7, 513);
        var path = Path.Combine(agent.Directory, "vchan.0.7.513.sock");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var vchan = await Qubes.Qrexec.Vchan.UnixVchan.ConnectAsync(path, TimeProvider.System, patience.Token);
        Assert.Equal(127, await client.ExitAsync());
        Assert.Equal(0, await vchan.ReadAsync(new byte[100], patience.Token));
    }

    [Fact]
    public async Task Words_that_are_no_text_reach_the_local_program_as_they_are()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.StartShell(agent, "exec \"$@\" /bin/sh -c 'printf %s \"$1\"' sh $'a\\xff b'", "vm", "svc");
        await agent.AcceptAsync();
        Assert.Equal([(byte)'a', 0xff, (byte)' ', (byte)'b'], await agent.ReadInputAsync());
        await agent.ExitAsync(0);
        Assert.Equal(0, await client.ExitAsync());
    }

    [Fact]
    public async Task A_local_program_that_has_ended_leaves_its_last_words_to_a_service_in_no_hurry()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc", "/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 0");
        await agent.AcceptAsync();
        Assert.Equal(1_000_000, (await agent.ReadInputAsync()).Length);
        await agent.ExitAsync(0);
        Assert.Equal(0, await client.ExitAsync());
    }

    [Fact]
    public async Task A_local_program_that_sends_USR1_is_heard_over_its_input_socket()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc", "/bin/bash", "-c",
            "kill -USR1 $QREXEC_AGENT_PID; exec >&-; read -r line; echo \"over the socket: $line\" >&0");
        await agent.AcceptAsync();
        await agent.SendAsync(MessageType.DataStdout, "hello\n"u8);
        Assert.Equal("over the socket: hello\n", Encoding.UTF8.GetString(await agent.ReadInputAsync()));
        await agent.ExitAsync(0);
        Assert.Equal(0, await client.ExitAsync());
    }

    [Fact]
    public async Task A_socket_as_standard_input_takes_the_output_too()
    {
        await using var agent = new PlainAgent();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var client = ClientProcess.StartShell(agent, $"exec 3<>/dev/tcp/127.0.0.1/{port}; \"$@\" <&3 3>&-", "--use-stdin-socket", "vm", "svc");
        using var socket = await listener.AcceptSocketAsync();
        await agent.AcceptAsync();
        await socket.SendAsync("in"u8.ToArray());
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("in", Encoding.UTF8.GetString(await agent.ReadInputAsync()));
        await agent.SendAsync(MessageType.DataStdout, "out"u8);
        await agent.SendAsync(MessageType.DataStdout, []);
        var output = new byte[100];
        Assert.Equal(3, await socket.ReceiveAsync(output).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("out"u8.ToArray(), output[..3]);
        Assert.Equal(0, await socket.ReceiveAsync(output).WaitAsync(TimeSpan.FromSeconds(30)));
        await agent.SendAsync(QrexecMessage.EncodeExitCode(4));
        Assert.Equal(4, await client.ExitAsync());
    }
}
