using System.Net.Sockets;
using Qubes.Agent.Loop;
using Qubes.Agent.Serving;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Identity;

public sealed class CopiedLinkTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"qubes-port-{Guid.NewGuid():N}");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket host = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket guest;
    private readonly EventLoop loop = new(TimeProvider.System);
    private readonly Owner owner = new();

    public CopiedLinkTests()
    {
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        host.Connect(new UnixDomainSocketEndPoint(path));
        guest = listener.Accept();
        guest.Blocking = false;
    }

    [Theory]
    [InlineData(true, "disp1234")]
    [InlineData(false, null)]
    public void An_identity_is_taken_even_if_its_hosts_coming_is_announced_after_it(bool isLate, string? name)
    {
        var port = new LatePort(loop, guest, isLate);
        var link = new AgentLink(port, owner);
        var first = new LinkSession(LinkRole.Host, 65536, Guid.NewGuid(), owner);
        Say(port, link, first.OpeningOfClone());
        first.Seal();
        Say(port, link, Control(first));
        using var identity = Identities.New();
        var second = new LinkSession(LinkRole.Host, 65536, Guid.NewGuid(), owner);
        second.Identify(identity);

        // What is read behind the identity is that nobody is there; writing goes on.
        host.Send([.. second.OpeningOfClone(), .. Control(second)]);
        host.Shutdown(SocketShutdown.Send);
        port.Wake();
        link.Work();

        Assert.Equal(name, owner.Name);
        Assert.Equal(isLate, port.IsConnected);
    }

    public void Dispose()
    {
        foreach (var socket in (Socket[])[listener, host, guest])
            socket.Dispose();
        loop.Dispose();
        File.Delete(path);
    }

    private static byte[] Control(LinkSession session)
    {
        var buffer = new byte[1000];
        return buffer[..session.WriteControl(buffer)];
    }

    private void Say(LatePort port, AgentLink link, byte[] bytes)
    {
        host.Send(bytes);
        port.Wake();
        link.Work();
    }

    /// <summary>Seals at once, and takes every identity.</summary>
    private sealed class Owner : IAgentOwner, ILinkUser
    {
        public string? Name { get; private set; }

        public ChannelUser? Accept(VchanAddress address) => null;

        public void LinkLost()
        {
        }

        public void PowerOff()
        {
        }

        public void SetClock(uint seconds)
        {
        }

        public void Seal(Action<IdentityOutcome> answer) => answer(IdentityOutcome.Done);

        public IdentityOutcome TakeIdentity(LinkIdentity? identity, Span<byte> sample)
        {
            Name = identity!.Name;
            return IdentityOutcome.Done;
        }

        public void ReportMemory(int milliseconds, Action<uint> tell)
        {
        }

        void ILinkUser.Established()
        {
        }

        void ILinkUser.Interrupted()
        {
        }

        void ILinkUser.Opened(LinkEnd channel)
        {
        }

        void ILinkUser.Received(LinkEnd channel, ReadOnlySpan<byte> data)
        {
        }

        void ILinkUser.Credited(LinkEnd channel)
        {
        }

        void ILinkUser.ClosedByPeer(LinkEnd channel)
        {
        }

        void ILinkUser.Answered(uint token)
        {
        }

        void ILinkUser.PowerOffRequested()
        {
        }

        void ILinkUser.TimeTold(uint seconds)
        {
        }

        void ILinkUser.SealAsked()
        {
        }

        void ILinkUser.IdentityTold(LinkIdentity? identity)
        {
        }

        void ILinkUser.SealAnswered(IdentityOutcome outcome)
        {
        }

        void ILinkUser.IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample)
        {
        }
    }
}
