using System.Runtime.InteropServices;
using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Serving;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Vchans;

/// <summary>A vchan that is a Unix socket of its own.</summary>
/// <param name="loop">Watches the socket.</param>
/// <param name="user">Who uses it.</param>
/// <param name="enqueue">Asks for a turn: one call of <see cref="Work"/>.</param>
internal sealed class VchanPipe(EventLoop loop, ChannelUser user, Action<VchanPipe> enqueue) : IPipe
{
    private const int BuffersPerTurn = 8;

    private readonly byte[] input = new byte[QrexecLimits.LargeChunk];
    private readonly byte[] output = new byte[QrexecLimits.LargeChunk + MessageHeader.Size];
    private VchanDial? dial;
    private int socket = -1;
    private int sent;
    private int filled;
    private int kept;
    private bool mayRead;
    private bool mayWrite;
    private bool isQueued;
    private bool isClosed;

    /// <summary>The socket is closed.</summary>
    public event Action? Over;

    /// <summary>Begins to connect.</summary>
    public void Dial(Func<Action<int>, VchanDial> begin) => dial = begin(fd =>
    {
        dial = null;
        if (fd >= 0)
            Connect(fd);
        else
            EndedByPeer();
    });

    /// <summary>Is connected.</summary>
    public void Connect(int fd)
    {
        socket = fd;
        loop.Add(fd, EpollEvent.In | EpollEvent.Out | EpollEvent.EdgeTriggered, events =>
        {
            mayRead |= (events & ~EpollEvent.Out) != 0;
            mayWrite |= (events & EpollEvent.Out) != 0;
            Ready();
        });
    }

    /// <inheritdoc/>
    public void Ready()
    {
        if (isQueued)
            return;
        isQueued = true;
        enqueue(this);
    }

    /// <inheritdoc/>
    public void Consume(int count)
    {
        kept -= count;
        if (mayRead)
            Ready();
    }

    /// <inheritdoc/>
    public void Close()
    {
        isClosed = true;
        dial?.CallOff();
        Ready();
    }

    /// <summary>Moves what can be moved now.</summary>
    public void Work()
    {
        isQueued = false;
        var isMore = false;
        for (var i = 0; i < BuffersPerTurn && socket >= 0; i++)
        {
            isMore = Receive();
            isMore |= Send();
            if (!isMore)
                break;
        }

        if (isClosed && socket >= 0 && sent == filled)
            CloseSocket();
        else if (isMore)
            Ready();
    }

    // The peer may send so much ahead that its user can keep it.
    private bool Receive()
    {
        var room = Math.Min(input.Length, ChannelUser.MostReceived - kept);
        if (!mayRead || isClosed || room == 0)
            return false;
        var count = Descriptors.Read(socket, input.AsSpan(0, room));
        if (count > 0)
        {
            kept += count;
            user.Received(input.AsSpan(0, count));
            return true;
        }

        mayRead = false;
        if (count == 0 || !IsTransient)
            EndedByPeer();
        return false;
    }

    private bool Send()
    {
        if (!mayWrite || socket < 0)
            return false;
        if (sent == filled)
            (sent, filled) = (0, isClosed ? 0 : user.Produce(output));
        if (filled == 0)
            return false;
        var count = Descriptors.Write(socket, output.AsSpan(sent, filled - sent));
        if (count > 0)
        {
            sent += count;
            return true;
        }

        // A peer that takes nothing more has gone; what it said before it went is still there to be read.
        mayWrite = false;
        if (!IsTransient)
            (sent, filled) = (0, 0);
        return false;
    }

    private void EndedByPeer()
    {
        isClosed = true;
        user.Closed();
        if (socket >= 0)
            CloseSocket();
    }

    private void CloseSocket()
    {
        loop.Remove(socket);
        Descriptors.Close(socket);
        socket = -1;
        Over?.Invoke();
    }

    private static bool IsTransient => Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted;
}
