using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Qubes.Agent.Tests.Serving;

public sealed class SocketServiceTests
{
    [Fact]
    public async Task A_socket_gets_the_descriptor_then_the_input_and_its_end_and_always_ends_well()
    {
        await using var agent = await AgentProcess.StartAsync();
        using var listener = Listen(agent, "test.Socket");
        var call = CallOutcome.RunAsync(await agent.CallAsync("test.Socket+arg"), "input"u8.ToArray());
        using var service = await listener.AcceptAsync();
        Assert.Equal("test.Socket+arg dom0\0input", await ReadToEndAsync(service));
        await service.SendAsync("output"u8.ToArray());
        service.Shutdown(SocketShutdown.Both);
        var outcome = await call;
        Assert.Equal((0, "output", ""), (outcome.Status, outcome.Text, outcome.Error));
    }

    [Fact]
    public async Task The_descriptor_can_be_left_out_and_the_call_end_with_the_service()
    {
        await using var agent = await AgentProcess.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(agent.Configuration, "test.Socket"),
            "skip-service-descriptor = true\nexit-on-service-eof = true\n");
        using var listener = Listen(agent, "test.Socket");
        await using var channel = await agent.CallAsync("test.Socket");
        var never = new System.IO.Pipelines.Pipe();
        using var output = new MemoryStream();
        var call = Qubes.Qrexec.Data.CallerSession.RunAsync(channel, new(never.Reader.AsStream(), output, null), default);
        using var service = await listener.AcceptAsync();
        await service.SendAsync("x"u8.ToArray());
        service.Shutdown(SocketShutdown.Both);
        Assert.Equal(0, await call);
        Assert.Equal("x"u8.ToArray(), output.ToArray());
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_at_is_125()
    {
        await using var agent = await AgentProcess.StartAsync();
        var path = Path.Combine(agent.Services, "test.Socket");
        using (Listen(agent, "test.Socket"))
            File.Move(path, path + "+kept");
        Assert.Equal(125, (await CallOutcome.RunAsync(await agent.CallAsync("test.Socket+kept"), [])).Status);
    }

    [Fact]
    public async Task A_link_to_a_TCP_port_is_served_like_a_socket()
    {
        await using var agent = await AgentProcess.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        File.CreateSymbolicLink(Path.Combine(agent.Services, "test.Tcp"), "/dev/tcp/127.0.0.1");
        var call = CallOutcome.RunAsync(await agent.CallAsync($"test.Tcp+{port}"), "input"u8.ToArray());
        using var service = await listener.AcceptSocketAsync();
        Assert.Equal($"test.Tcp+{port} dom0\0input", await ReadToEndAsync(service));
        await service.SendAsync("output"u8.ToArray());
        service.Shutdown(SocketShutdown.Both);
        Assert.Equal((0, "output"), ((await call).Status, (await call).Text));
        listener.Stop();
        Assert.Equal(125, (await CallOutcome.RunAsync(await agent.CallAsync($"test.Tcp+{port}", 514), "x"u8.ToArray())).Status);
        Assert.Equal(125, (await CallOutcome.RunAsync(await agent.CallAsync("test.Tcp+none", 515), [])).Status);
    }

    private static Socket Listen(AgentProcess agent, string service)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(agent.Services, service)));
        listener.Listen(1);
        return listener;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[1000];
        while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            all.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(all.ToArray());
    }
}
