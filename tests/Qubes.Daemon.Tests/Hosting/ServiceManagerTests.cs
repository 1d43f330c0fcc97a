using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Daemon.Hosting;

namespace Qubes.Daemon.Tests.Hosting;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly TestRoot root = new();
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        socket.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task It_is_told_through_a_socket_file()
    {
        var path = root.Path + "/notify";
        socket.Bind(new UnixDomainSocketEndPoint(path));
        await Manager(path).ReadyAsync();
        Assert.Equal("READY=1", Received());
    }

    [Fact]
    public async Task It_is_told_through_a_socket_without_a_file()
    {
        var name = "qubes-test-" + Path.GetFileName(root.Path);
        socket.Bind(new UnixDomainSocketEndPoint('\0' + name));
        await Manager("@" + name).StoppingAsync();
        Assert.Equal("STOPPING=1", Received());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public Task Without_one_nobody_is_told(string? name) => Manager(name).ReadyAsync();

    [Fact]
    public Task One_that_does_not_listen_costs_nothing() => Manager(root.Path + "/nobody").ReadyAsync();

    private static ServiceManager Manager(string? socketName) => new(socketName, NullLogger<ServiceManager>.Instance);

    private string Received()
    {
        var buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
