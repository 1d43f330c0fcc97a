using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Agent.Callers;
using Qubes.Agent.Loop;
using Qubes.Agent.Serving;
using Qubes.Agent.Vchans;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Tests.Callers;

public sealed class HostileCallerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-hostile-");
    private readonly EventLoop loop = new(new ManualTime());
    private readonly LocalCallers callers;

    public HostileCallerTests()
    {
        callers = new LocalCallers(loop, new ControlLine(), new VchanDirectory(directory.FullName + "/vchan", 0));
        callers.Listen(directory.FullName + "/clients");
    }

    [Fact]
    public void Whatever_a_program_sends_only_its_own_connection_suffers() => Prop.ForAll<byte[][], int>((pieces, place) =>
    {
        var request = new TriggerRequest("", "vm", RequestId.FromText("SOCKET"), "svc", null).Encode();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(directory.FullName + "/clients"));
        var isCut = false;
        foreach (var piece in (byte[][])[request[..(int)((uint)place % request.Length)], .. pieces ?? []])
        {
            try
            {
                socket.Send(piece ?? []);
            }
            catch (SocketException)
            {
                isCut = true;
            }

            Turn();
        }

        // However it was treated, the next is heard.
        using var next = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        next.Connect(new UnixDomainSocketEndPoint(directory.FullName + "/clients"));
        next.Send(request);
        Turn();
        return (isCut || socket.Connected) && !next.Poll(0, SelectMode.SelectRead);
    }).QuickCheckThrowOnFailure();

    public void Dispose()
    {
        callers.Dispose();
        loop.Dispose();
        directory.Delete(true);
    }

    private void Turn()
    {
        for (var i = 0; i < 3; i++)
            loop.Turn(mayWait: false);
    }
}
