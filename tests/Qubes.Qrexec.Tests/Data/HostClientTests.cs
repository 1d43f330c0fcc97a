using System.Net.Sockets;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Data;

public sealed class HostClientTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qrexec-");

    [Fact]
    public async Task A_call_gets_its_port_its_data_connection_and_its_end()
    {
        using var listener = Listen();
        var connecting = HostClient.ConnectAsync(Socket, default);
        var daemon = new MessageConnection(new UnixVchan(await listener.AcceptAsync()));
        await daemon.WriteAsync(QrexecMessage.EncodeHello(3), default);
        Assert.Equal(3, (await daemon.ReadAsync(default))!.ReadHello());
        await using var client = await connecting;

        var starting = client.StartAsync(MessageType.ExecCmdline, new ExecRequest(default, "user:ls"), default);
        Assert.Equal("user:ls", ExecRequest.Parse((await daemon.ReadAsync(default))!.Body.Span).Command);
        await daemon.WriteAsync(new ExecParameters(5, 514).Encode(MessageType.ExecCmdline), default);
        var guest = await starting;
        Assert.Equal(new ExecParameters(5, 514), guest);

        await using var data = HostClient.Listen(directory.FullName, guest);
        var path = VchanSocketPath.Of(directory.FullName, 0, 5, 514);
        await using var peer = await UnixVchan.ConnectAsync(path, TimeProvider.System, default);
        await using var vchan = await data.AcceptAsync(default);
        await peer.WriteAsync("x"u8.ToArray(), default);
        Assert.Equal(1, await vchan.ReadAsync(new byte[10], default));

        var end = client.WaitForEndAsync(default);
        Assert.False(end.IsCompleted);
        await daemon.DisposeAsync();
        await end;
    }

    [Theory]
    [InlineData(2, MessageType.ExecCmdline, 514)]
    [InlineData(3, MessageType.JustExec, 514)]
    [InlineData(3, MessageType.ExecCmdline, 512)]
    [InlineData(3, MessageType.ExecCmdline, 769)]
    public async Task An_old_or_strange_daemon_is_refused(int version, MessageType answer, int port)
    {
        using var listener = Listen();
        var calling = CallAsync();
        await using var daemon = new MessageConnection(new UnixVchan(await listener.AcceptAsync()));
        await daemon.WriteAsync(QrexecMessage.EncodeHello(version), default);
        if (await daemon.ReadAsync(default) is not null && await daemon.ReadAsync(default) is not null)
            await daemon.WriteAsync(new ExecParameters(5, port).Encode(answer), default);
        await Assert.ThrowsAsync<QrexecViolationException>(() => calling);
    }

    [Fact]
    public async Task A_daemon_that_closes_has_refused()
    {
        using var listener = Listen();
        var calling = CallAsync();
        var daemon = new MessageConnection(new UnixVchan(await listener.AcceptAsync()));
        await daemon.WriteAsync(QrexecMessage.EncodeHello(3), default);
        await daemon.ReadAsync(default);
        await daemon.ReadAsync(default);
        await daemon.DisposeAsync();
        await Assert.ThrowsAsync<EndOfStreamException>(() => calling);
    }

    [Fact]
    public async Task A_vchan_client_waits_until_its_server_is_there()
    {
        var path = VchanSocketPath.Of(directory.FullName, 3, 0, 513);
        var time = new StepTime();
        var connecting = UnixVchan.ConnectAsync(path, time, default);
        time.FireAll();
        Assert.False(connecting.IsCompleted);
        await using var server = new UnixVchanListener(path);
        while (!connecting.IsCompleted)
        {
            time.FireAll();
            await Task.Yield();
        }

        await using var client = await connecting;
        await using var accepted = await server.AcceptAsync(default);
        await server.DisposeAsync();
        Assert.False(File.Exists(path));
    }

    public void Dispose() => directory.Delete(true);

    private string Socket => Path.Combine(directory.FullName, "qrexec.5");

    private async Task CallAsync()
    {
        await using var client = await HostClient.ConnectAsync(Socket, default);
        await client.StartAsync(MessageType.ExecCmdline, new ExecRequest(default, "user:ls"), default);
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen(1);
        return listener;
    }
}
