using System.Net.Sockets;
using Qubes.Qrexec.Rpc;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Tests.Rpc;

public sealed class ServiceLookupTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-lookup-");

    [Fact]
    public void A_service_with_its_argument_in_a_later_directory_comes_before_one_without_in_an_earlier()
    {
        Add("first/test.A");
        Add("second/test.A+x");
        Assert.EndsWith("second/test.A+x", Find("test.A", "x").Path, StringComparison.Ordinal);
        Assert.EndsWith("first/test.A", Find("test.A", "y").Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_argument_counts_as_an_empty_one()
    {
        Add("first/test.A+");
        Assert.EndsWith("test.A+", Find("test.A", null).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dangling_link_is_passed_over()
    {
        Directory.CreateDirectory(At("first"));
        File.CreateSymbolicLink(At("first/test.A"), "/does/not/exist");
        Add("second/test.A");
        Assert.EndsWith("second/test.A", Find("test.A", null).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void An_argument_that_no_file_name_can_hold_does_not_hide_the_service()
    {
        Add("first/test.A");
        Assert.EndsWith("test.A", Find("test.A", new string('x', 5000)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_127_and_what_cannot_serve_is_125()
    {
        Directory.CreateDirectory(At("first/test.Dir"));
        Assert.Equal(127, Assert.Throws<ServiceException>(() => Find("test.None", null)).Status);
        Assert.Equal(125, Assert.Throws<ServiceException>(() => Find("test.Dir", null)).Status);
        File.CreateSymbolicLink(At("first/test.Loop"), At("first/test.Loop"));
        Assert.Equal(125, Assert.Throws<ServiceException>(() => Find("test.Loop", null)).Status);
    }

    [Fact]
    public void The_configuration_of_the_argument_comes_before_that_of_the_service()
    {
        Add("first/test.A", "force-user = 'a'");
        Add("second/test.A+x", "force-user = 'b'");
        var descriptor = new ServiceDescriptor("test.A", "x", "dom0");
        Assert.Equal("b", Lookup.Configuration(descriptor).ForceUser);
        Assert.Equal("a", Lookup.Configuration(descriptor with { Argument = null }).ForceUser);
        Assert.Null(Lookup.Configuration(descriptor with { Service = "test.B" }).ForceUser);
    }

    [Theory]
    [InlineData("/dev/tcp/127.0.0.1/80", null, "127.0.0.1:80")]
    [InlineData("/dev/tcp/127.0.0.1/80", "", "127.0.0.1:80")]
    [InlineData("/dev/tcp/::1/80", null, "[::1]:80")]
    [InlineData("/dev/tcp/127.0.0.1", "65535", "127.0.0.1:65535")]
    [InlineData("/dev/tcp", "10.0.0.1+22", "10.0.0.1:22")]
    [InlineData("/dev/tcp", "fd00++1+22", "[fd00::1]:22")]
    public void A_link_below_dev_tcp_and_the_argument_make_an_address(string target, string? argument, string expected)
    {
        Link(target);
        var found = Find("test.Tcp", argument);
        Assert.Equal((ServiceKind.Tcp, expected), (found.Kind, found.Endpoint!.ToString()));
    }

    [Theory]
    [InlineData("/dev/tcp/127.0.0.1/80", "80")]
    [InlineData("/dev/tcp/127.0.0.1", null)]
    [InlineData("/dev/tcp/127.0.0.1", "080")]
    [InlineData("/dev/tcp/127.0.0.1", "0")]
    [InlineData("/dev/tcp/127.0.0.1", "65536")]
    [InlineData("/dev/tcp/127.0.0.1", "-1")]
    [InlineData("/dev/tcp/127.0.0.1/80/1", null)]
    [InlineData("/dev/tcp/localhost/80", null)]
    [InlineData("/dev/tcp/127.1/80", null)]
    [InlineData("/dev/tcp/0177.0.0.1/80", null)]
    [InlineData("/dev/tcp/[::1]/80", null)]
    [InlineData("/dev/tcp/::1%lo/80", null)]
    [InlineData("/dev/tcp/", "80")]
    [InlineData("/dev/tcp", null)]
    [InlineData("/dev/tcp", "80")]
    [InlineData("/dev/tcp", "+80")]
    [InlineData("/dev/tcp", "127.0.0.1+")]
    [InlineData("/dev/tcp", "fd00__1+80")]
    public void A_link_below_dev_tcp_without_a_whole_address_is_125(string target, string? argument)
    {
        Link(target);
        Assert.Equal(125, Assert.Throws<ServiceException>(() => Find("test.Tcp", argument)).Status);
    }

    [Fact]
    public void A_link_to_a_service_is_followed_and_a_socket_is_recognised()
    {
        Add("first/test.A");
        Link(At("first/test.A"));
        Assert.Equal(ServiceKind.Program, Find("test.Tcp", null).Kind);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(At("first/test.S")));
        Assert.Equal(ServiceKind.Socket, Find("test.S", null).Kind);
    }

    public void Dispose() => directory.Delete(true);

    private ServiceLookup Lookup => new($"{At("first")}:{At("second")}", $"{At("first")}:{At("second")}");

    private FoundService Find(string service, string? argument) => Lookup.Find(new ServiceDescriptor(service, argument, "dom0"));

    private void Link(string target)
    {
        Directory.CreateDirectory(At("first"));
        File.CreateSymbolicLink(At("first/test.Tcp"), target);
    }

    private string At(string path) => Path.Combine(directory.FullName, path);

    private void Add(string path, string content = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), content);
        File.SetUnixFileMode(At(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
