using System.Net.Sockets;
using Qubes.Agent.Loop;
using Qubes.Agent.Serving;

namespace Qubes.Agent.Tests.Identity;

/// <summary>A port that says "nobody is there" behind the bytes of a host that is, as virtio-serial does at times.</summary>
internal sealed class LatePort : Port
{
    private readonly bool isLate;

    public LatePort(EventLoop loop, Socket socket, bool isLate)
        : base(loop)
    {
        this.isLate = isLate;
        Descriptor = (int)socket.Handle;
    }

    protected override bool AnnouncesLate => isLate;

    public void Wake() => Report(Interest);

    protected override void Renew()
    {
    }
}
