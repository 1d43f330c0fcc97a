using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

public sealed class SocketServiceTests
{
    [Fact]
    public async Task A_socket_gets_the_descriptor_and_the_input()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        Task<string> server = bench.ServeSocketAsync("etc/qubes-rpc/test.Socket", "hello", closesFirst: true);
        Assert.Equal((0, "hello"), await bench.CallAsync("test.Socket+x work name vault", "data"));
        Assert.Equal("test.Socket+x work name vault\0data", await server.WaitAsync(HostBench.Patience));
    }

    [Fact]
    public async Task A_socket_that_wants_none_gets_no_descriptor()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        bench.Put("etc/qubes/rpc-config/test.Socket", "skip-service-descriptor = true\n");
        Task<string> server = bench.ServeSocketAsync("etc/qubes-rpc/test.Socket", "", closesFirst: true);
        Assert.Equal((0, ""), await bench.CallAsync("test.Socket work", "data"));
        Assert.Equal("data", await server.WaitAsync(HostBench.Patience));
    }

    [Fact]
    public async Task A_call_may_end_with_the_service_although_the_caller_goes_on()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        bench.Put("etc/qubes/rpc-config/test.Socket", "exit-on-service-eof = true\n");
        Task<string> server = bench.ServeSocketAsync("etc/qubes-rpc/test.Socket", "bye", closesFirst: true);
        var (caller, serving) = await bench.BeginAsync("test.Socket work");
        await using (caller)
        {
            var output = new MemoryStream();
            var streams = new Qubes.Qrexec.Data.CallerStreams(new OpenStream(), output, null);
            Assert.Equal(0, await Qubes.Qrexec.Data.CallerSession.RunAsync(caller, streams, default).WaitAsync(HostBench.Patience));
            Assert.Equal("bye", Encoding.UTF8.GetString(output.ToArray()));
        }
        await serving.WaitAsync(HostBench.Patience);
        await server.WaitAsync(HostBench.Patience);
    }

    [Fact]
    public async Task A_call_may_end_with_the_caller_although_the_service_goes_on()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        bench.Put("etc/qubes/rpc-config/test.Socket", "exit-on-client-eof = 1\n");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(bench.Root + "/etc/qubes-rpc/test.Socket"));
        listener.Listen(1);
        Assert.Equal((0, ""), await bench.CallAsync("test.Socket work"));
    }

    [Fact]
    public async Task A_link_to_a_port_is_TCP_and_the_argument_supplies_what_is_missing()
    {
        await using var bench = new HostBench();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Directory.CreateDirectory(bench.Root + "/etc/qubes-rpc");
        File.CreateSymbolicLink(bench.Root + "/etc/qubes-rpc/test.Tcp", "/dev/tcp/127.0.0.1");
        Task<string> server = ServeAsync(listener);
        Assert.Equal((0, "from afar"), await bench.CallAsync($"test.Tcp+{port} work", "data"));
        Assert.Equal($"test.Tcp+{port} work\0data", await server.WaitAsync(HostBench.Patience));
        Assert.Equal((125, ""), await bench.CallAsync("test.Tcp+0 work"));
    }

    [Fact]
    public async Task A_socket_that_nobody_serves_is_125()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Under the name by which it was bound it would vanish with the socket.
            socket.Bind(new UnixDomainSocketEndPoint(bench.Root + "/etc/qubes-rpc/bound"));
            File.Move(bench.Root + "/etc/qubes-rpc/bound", bench.Root + "/etc/qubes-rpc/test.Dead");
        }
        Assert.Equal((125, ""), await bench.CallAsync("test.Dead work"));
    }

    [Fact]
    public async Task A_socket_whose_path_is_too_long_for_one_is_125()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes-rpc/unused", "");
        string name = "test." + new string('x', 120);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(bench.Root + "/etc/qubes-rpc/bound"));
        File.Move(bench.Root + "/etc/qubes-rpc/bound", $"{bench.Root}/etc/qubes-rpc/{name}");
        Assert.Equal((125, ""), await bench.CallAsync(name + " work"));
    }

    private static async Task<string> ServeAsync(TcpListener listener)
    {
        using Socket client = await listener.AcceptSocketAsync();
        using var reader = new StreamReader(new NetworkStream(client));
        await client.SendAsync("from afar"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync();
    }
}
