using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Serving;

/// <summary>A Unix socket in the place of the port: listens, and serves one host at a time.</summary>
internal sealed class SocketPort : Port
{
    private readonly int listener;

    /// <summary>Listens at a path, which must not exist.</summary>
    public SocketPort(EventLoop loop, string path)
        : base(loop)
    {
        listener = Libc.ListenUnix(path);
        loop.Add(listener, EpollEvent.In | EpollEvent.EdgeTriggered, _ => Accept());
    }

    /// <inheritdoc/>
    protected override void Renew()
    {
        Loop.Remove(Descriptor);
        Descriptors.Close(Descriptor);
        Descriptor = -1;
        Accept();
    }

    private void Accept()
    {
        if (Descriptor >= 0)
            return;
        Descriptor = Libc.Accept(listener);
        if (Descriptor >= 0)
            Loop.Add(Descriptor, Interest, Report);
    }
}
