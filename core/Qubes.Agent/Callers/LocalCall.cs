using System.Runtime.InteropServices;
using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Vchans;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Callers;

/// <summary>One program's connection: its request, the answer to it, and the call for as long as the program stays.</summary>
internal sealed class LocalCall
{
    /// <summary>How long a program may take to say what it wants, milliseconds.</summary>
    private const int SlowestRequest = 10_000;

    private readonly LocalCallers callers;
    private readonly EventLoop loop;
    private readonly MessageDecoder decoder = new();
    private readonly Alarm tooSlow;
    private readonly uint user;
    private int socket;
    private VchanDial? dial;
    private CallRelay? relay;

    /// <summary>A call whose request is still to come.</summary>
    public LocalCall(LocalCallers callers, EventLoop loop, int socket)
    {
        (this.callers, this.loop, this.socket) = (callers, loop, socket);
        user = Libc.PeerUser(socket);
        tooSlow = loop.After(SlowestRequest, () => Drop("it did not say what it wants in time"));
        loop.Add(socket, EpollEvent.In, _ => Read());
    }

    /// <summary>What it asked for; null until that is known.</summary>
    public LocalRequest? Request { get; private set; }

    /// <summary>What the host knows the request by; null until it was told.</summary>
    public RequestId? Id { get; set; }

    /// <summary>Where the host says that its peer is; null until it does.</summary>
    public ExecParameters? Peer { get; private set; }

    /// <summary>The host has a peer for it.</summary>
    public void Accept(ExecParameters peer)
    {
        Peer = peer;
        if (callers.Transport.CarriesCallers)
        {
            relay = new CallRelay(loop, RelayEnded);
            if (!callers.Transport.TryOpen(new VchanAddress(peer.Domain, peer.Port), relay))
            {
                Drop("too many connections are open");
                return;
            }

            var path = callers.Vchans.OfCaller(peer);
            // Whatever lies there is not this caller's.
            Descriptors.Remove(path);
            dial = callers.Dialer.Dial(path, user, fd => Connected(path, fd));
        }

        Span<byte> answer = stackalloc byte[ExecParameters.Size];
        peer.Write(answer);
        // Nothing was written to this socket before: there is room, unless the program has gone, which its end will tell.
        _ = Descriptors.Write(socket, answer);
    }

    /// <summary>There will be no connection, or none any more.</summary>
    public void Drop()
    {
        if (socket < 0)
            return;
        tooSlow.CallOff();
        dial?.CallOff();
        loop.Remove(socket);
        Descriptors.Close(socket);
        socket = -1;
        callers.Ended(this);
    }

    /// <summary>The host knows nothing of it any more.</summary>
    public void Forget() => Peer = null;

    /// <summary>The peer is gone with the host.</summary>
    public void HostGone()
    {
        if (relay is null)
            Drop();
        else
            relay.Closed();
    }

    private void Drop(string reason)
    {
        AgentLog.Write($"a call is refused: {reason}");
        Drop();
    }

    private void Read()
    {
        Span<byte> buffer = stackalloc byte[4096];
        var count = Descriptors.Read(socket, buffer);
        if (count < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)
            return;
        if (count <= 0)
        {
            Left();
            return;
        }

        try
        {
            Take(buffer[..count]);
        }
        catch (QrexecViolationException e)
        {
            AgentLog.Write($"a program that calls a service is not heard: {e.Message}");
            Left();
        }
    }

    private void Take(ReadOnlySpan<byte> data)
    {
        if (Request is not null)
            throw new QrexecViolationException("a second message came");
        if (decoder.Read(ref data) is not { } message)
            return;
        if (!data.IsEmpty)
            throw new QrexecViolationException("something follows the request");
        Request = LocalRequest.Parse(message);
        tooSlow.CallOff();
        callers.Ask(this);
    }

    // The program has ended, or has no interest any more. What it wrote to its vchan before still goes out.
    private void Left()
    {
        loop.Remove(socket);
        if (relay is null)
            Drop();
        else
            relay.Leave();
    }

    private void Connected(string path, int fd)
    {
        dial = null;
        Descriptors.Remove(path);
        if (fd >= 0)
            relay!.Connect(fd);
        else
            relay!.Leave();
    }

    private void RelayEnded() => Drop();
}
