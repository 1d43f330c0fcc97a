using System.Net.Sockets;
using Qubes.Native;
using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Vchans;

namespace Qubes.Agent.Tests.Vchans;

public sealed class VchanDialTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-dial-");
    private readonly ManualTime time = new();
    private readonly EventLoop loop;
    private readonly VchanDialer dialer;
    private readonly List<int> outcomes = [];

    public VchanDialTests()
    {
        loop = new EventLoop(time);
        dialer = new VchanDialer(loop, directory.FullName);
    }

    private string Vchan => Path.Combine(directory.FullName, "vchan.0.9.514.sock");

    [Fact]
    public void It_connects_when_the_socket_appears_without_any_time_passing()
    {
        dialer.Dial(Vchan, Libc.EffectiveUser, outcomes.Add);
        Turn();
        Assert.Empty(outcomes);
        using var server = Listen(Vchan);
        Turn();
        Assert.True(Assert.Single(outcomes) >= 0);
    }

    [Fact]
    public void It_tries_again_while_the_socket_refuses()
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(Vchan));
        dialer.Dial(Vchan, null, outcomes.Add);
        Turn();
        server.Listen(1);
        time.Advance(1);
        Turn();
        Assert.True(Assert.Single(outcomes) >= 0);
    }

    [Fact]
    public void After_two_minutes_it_gives_up_and_never_when_it_was_called_off()
    {
        var unwanted = dialer.Dial(Vchan + "2", null, _ => Assert.Fail("it was called off"));
        dialer.Dial(Vchan, null, outcomes.Add);
        unwanted.CallOff();
        Turn();
        time.Advance(119_999);
        Turn();
        Assert.Empty(outcomes);
        time.Advance(1);
        Turn();
        Assert.Equal([-1], outcomes);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("dangling")]
    [InlineData("hard link")]
    [InlineData("another user's")]
    public void Anything_but_a_socket_of_that_user_is_refused_at_once(string kind)
    {
        var elsewhere = Path.Combine(directory.FullName, "elsewhere");
        using var server = Listen(elsewhere);
        switch (kind)
        {
            case "file":
                File.WriteAllText(Vchan, "");
                break;
            case "folder":
                Directory.CreateDirectory(Vchan);
                break;
            case "link":
                File.CreateSymbolicLink(Vchan, elsewhere);
                break;
            case "dangling":
                File.CreateSymbolicLink(Vchan, "/does/not/exist");
                break;
            case "hard link":
                Assert.Equal(0, System.Diagnostics.Process.Start("ln", [elsewhere, Vchan]).WaitForExit(30_000) ? 0 : 1);
                break;
            default:
                File.Move(elsewhere, Vchan);
                break;
        }

        dialer.Dial(Vchan, kind == "another user's" ? Libc.EffectiveUser + 1 : Libc.EffectiveUser, outcomes.Add);
        Turn();
        Assert.Equal([-1], outcomes);
    }

    public void Dispose()
    {
        foreach (var fd in outcomes.Where(fd => fd >= 0))
            Descriptors.Close(fd);
        dialer.Dispose();
        loop.Dispose();
        directory.Delete(true);
    }

    private static Socket Listen(string path)
    {
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen(1);
        return server;
    }

    private void Turn()
    {
        for (var i = 0; i < 3; i++)
            loop.Turn(mayWait: false);
    }
}
