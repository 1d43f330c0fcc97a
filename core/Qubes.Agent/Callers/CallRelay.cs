using System.Runtime.InteropServices;
using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Serving;
using Qubes.Qrexec.Link;

namespace Qubes.Agent.Callers;

/// <summary>
/// Joins the vchan that a program of this guest serves to the channel that leads to its peer. A reader that stalls holds up its
/// own direction only: what is read is what there is credit for, and credit goes back for what was written. When either end
/// closes, so does the other, after what was sent before is delivered.
/// </summary>
/// <param name="loop">Watches the socket.</param>
/// <param name="ended">Is told once, when both ends are closed.</param>
internal sealed class CallRelay(EventLoop loop, Action ended) : ChannelUser
{
    /// <summary>How long a peer that does not read keeps the last words of a program that has gone, milliseconds.</summary>
    private const int LastWords = 1000;

    private readonly ByteRing received = new(MostReceived);
    private int socket = -1;
    private bool isReadable;
    private bool hasLeft;
    private bool isPeerGone;
    private bool isOver;

    /// <summary>The program's vchan is connected.</summary>
    public void Connect(int fd)
    {
        socket = fd;
        loop.Add(fd, EpollEvent.In | EpollEvent.Out | EpollEvent.EdgeTriggered, Happened);
    }

    /// <summary>The program wants no more of the call: nothing goes to it, and what it wrote before goes out if the peer takes it.</summary>
    public void Leave()
    {
        if (isOver || hasLeft)
            return;
        hasLeft = true;
        if (socket < 0 || isPeerGone)
        {
            End();
            return;
        }

        Libc.ShutdownBoth(socket);
        loop.After(LastWords, End);
        isReadable = true;
        Pipe.Ready();
    }

    /// <inheritdoc/>
    public override void Received(ReadOnlySpan<byte> data)
    {
        if (isOver)
            return;
        var written = received.Count == 0 ? Write(data) : 0;
        received.Put(data[written..]);
    }

    /// <inheritdoc/>
    public override int Produce(Span<byte> room)
    {
        if (isOver || isPeerGone || !isReadable)
            return 0;
        var count = Descriptors.Read(socket, room);
        if (count > 0)
            return count;
        if (count < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)
            isReadable = false;
        else
            End();
        return 0;
    }

    /// <inheritdoc/>
    public override void Closed()
    {
        isPeerGone = true;
        // The program may still be about to serve its vchan, and finds in it what the peer said before it left.
        if (received.Count == 0 || hasLeft)
            End();
    }

    private void Happened(uint events)
    {
        if ((events & ~EpollEvent.Out) != 0)
        {
            isReadable = true;
            Pipe.Ready();
        }

        while (!isOver && received.Count > 0)
        {
            var written = Write(received.Peek());
            if (written == 0)
                return;
            received.Skip(written);
        }

        if (isPeerGone)
            End();
    }

    /// <summary>Writes what the socket takes, or all of it if nobody will ever read it.</summary>
    private int Write(ReadOnlySpan<byte> data)
    {
        if (socket < 0)
            return 0;
        var written = Descriptors.Write(socket, data);
        if (written < 0)
            written = Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted ? 0 : data.Length;
        Pipe.Consume(written);
        return written;
    }

    private void End()
    {
        if (isOver)
            return;
        isOver = true;
        Pipe.Close();
        received.Release();
        if (socket >= 0)
        {
            loop.Remove(socket);
            Descriptors.Close(socket);
        }

        ended();
    }
}
