using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Serving;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Vchans;

/// <summary>
/// The agent among Unix-socket vchans, without a machine around it: it serves the control vchan, connects to those of callers, and
/// has no part in the data of programs that call, since they serve their vchans to their peers themselves.
/// </summary>
internal sealed class VchanTransport : ITransport, IDisposable
{
    private readonly EventLoop loop;
    private readonly IAgentOwner owner;
    private readonly VchanDirectory vchans;
    private readonly VchanDialer dialer;
    private readonly Queue<VchanPipe> ready = new();
    private readonly int listener;
    private VchanPipe? control;

    /// <summary>Listens for the daemon.</summary>
    public VchanTransport(EventLoop loop, IAgentOwner owner, VchanDirectory vchans)
    {
        (this.loop, this.owner, this.vchans) = (loop, owner, vchans);
        vchans.Create();
        dialer = new VchanDialer(loop, vchans.Path);
        var path = VchanSocketPath.Of(vchans.Path, vchans.Domain, 0, QrexecLimits.ControlPort);
        Descriptors.Remove(path);
        listener = Libc.ListenUnix(path);
        loop.Add(listener, EpollEvent.In | EpollEvent.EdgeTriggered, _ => TakeDaemon());
    }

    /// <inheritdoc/>
    public bool CarriesCallers => false;

    /// <inheritdoc/>
    public bool TryOpen(VchanAddress address, ChannelUser user)
    {
        var pipe = new VchanPipe(loop, user, ready.Enqueue);
        user.Pipe = pipe;
        var path = VchanSocketPath.Of(vchans.Path, address.Domain, vchans.Domain, address.Port);
        pipe.Dial(done => dialer.Dial(path, null, done));
        return true;
    }

    /// <inheritdoc/>
    public bool Work()
    {
        // Those that become ready meanwhile have their turn after the next look at events.
        for (var count = ready.Count; count > 0; count--)
            ready.Dequeue().Work();
        return ready.Count > 0;
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        dialer.Dispose();
        Descriptors.Close(listener);
    }

    // One daemon at a time; the next waits until the last has gone.
    private void TakeDaemon()
    {
        if (control is not null || Libc.Accept(listener) is not (>= 0 and var fd))
            return;
        if (owner.Accept(new VchanAddress(0, QrexecLimits.ControlPort)) is not { } user)
        {
            Descriptors.Close(fd);
            return;
        }

        control = new VchanPipe(loop, user, ready.Enqueue);
        user.Pipe = control;
        control.Over += () =>
        {
            control = null;
            TakeDaemon();
        };
        control.Connect(fd);
    }
}
