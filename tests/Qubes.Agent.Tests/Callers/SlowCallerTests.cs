using System.Net.Sockets;
using Qubes.Agent.Callers;
using Qubes.Agent.Loop;
using Qubes.Agent.Serving;
using Qubes.Agent.Vchans;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Tests.Callers;

public sealed class SlowCallerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-slow-");
    private readonly ManualTime time = new();
    private readonly EventLoop loop;
    private readonly LocalCallers callers;

    public SlowCallerTests()
    {
        loop = new EventLoop(time);
        callers = new LocalCallers(loop, new ControlLine(), new VchanDirectory(directory.FullName + "/vchan", 0));
        callers.Listen(directory.FullName + "/clients");
    }

    [Fact]
    public void A_program_that_does_not_say_what_it_wants_is_dropped_after_ten_seconds_and_one_that_did_is_not()
    {
        var request = new TriggerRequest("", "vm", RequestId.FromText("SOCKET"), "svc", null).Encode();
        using var silent = Connect();
        using var slow = Connect();
        using var quick = Connect();
        slow.Send(request.AsSpan(0, request.Length - 1));
        quick.Send(request);
        Turn();
        time.Advance(9_999);
        Turn();
        Assert.False(IsClosed(silent) || IsClosed(slow));
        time.Advance(1);
        Turn();
        Assert.True(IsClosed(silent) && IsClosed(slow));
        Assert.False(IsClosed(quick));
    }

    [Fact]
    public void Everyone_may_ask_and_serve_and_nobody_remove_what_is_anothers()
    {
        Assert.Equal((UnixFileMode)0x1b6, File.GetUnixFileMode(directory.FullName + "/clients"));
        Assert.Equal((UnixFileMode)0x3ff, File.GetUnixFileMode(directory.FullName + "/vchan"));
        // A socket that an earlier agent left does not matter.
        callers.Listen(directory.FullName + "/clients");
    }

    public void Dispose()
    {
        callers.Dispose();
        loop.Dispose();
        directory.Delete(true);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(directory.FullName + "/clients"));
        return socket;
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    private void Turn()
    {
        for (var i = 0; i < 4; i++)
            loop.Turn(mayWait: false);
    }
}
