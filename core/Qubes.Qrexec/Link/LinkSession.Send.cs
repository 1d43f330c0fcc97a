namespace Qubes.Qrexec.Link;

/// <content>What is to be sent.</content>
internal sealed partial class LinkSession
{
    private bool greetingIsDue;
    private bool powerOffIsDue;
    private uint? timeDue;
    private uint? pingDue;
    private uint? pongDue;
    private Guid peerNonce;

    /// <summary>Room that <see cref="WriteControl"/> needs to write anything at all, bytes.</summary>
    public const int ControlRoom = Greeting.Size;

    /// <summary>
    /// What the host sends first: as many zero bytes as any frame can still lack, then its greeting. Whatever a former host
    /// left unfinished ends within the zeros, and the guest then sees a fill frame and looks for the greeting.
    /// </summary>
    public byte[] Opening()
    {
        var opening = new byte[LinkFrame.Size + LinkFrame.MaxPayload + LinkFrame.Size + Greeting.Size];
        new Greeting(Greeting.CurrentVersion, window, nonce!.Value).Write(opening.AsSpan(^Greeting.Size));
        return opening;
    }

    /// <summary>What the host says first to a guest that is sealed.</summary>
    public byte[] OpeningOfClone()
    {
        var opening = new byte[Greeting.Size];
        new Greeting(Greeting.CurrentVersion, window, nonce!.Value).Write(opening);
        return opening;
    }

    /// <summary>Whether <see cref="WriteControl"/> would write anything.</summary>
    public bool ControlIsDue => greetingIsDue || SealingIsDue || powerOffIsDue || timeDue is not null || pingDue is not null || pongDue is not null || ReportingIsDue || due.Count > 0;

    /// <summary>Whether the request to power off has yet to be written.</summary>
    public bool PowerOffIsDue => powerOffIsDue;

    /// <summary>Sends a ping.</summary>
    public void Ping(uint token) => pingDue = token;

    /// <summary>Asks the guest to power off.</summary>
    public void PowerOff() => powerOffIsDue = true;

    /// <summary>Tells the guest the time, seconds since 1970 UTC.</summary>
    public void TellTime(uint seconds) => timeDue = seconds;

    /// <summary>Writes as many of the control frames due as fit, and returns how many bytes that were.</summary>
    public int WriteControl(Span<byte> target)
    {
        var room = target;
        if (greetingIsDue && room.Length >= Greeting.Size)
        {
            new Greeting(Greeting.CurrentVersion, window, peerNonce).Write(room);
            room = room[Greeting.Size..];
            greetingIsDue = false;
        }

        WriteSealing(ref room);
        if (timeDue is { } seconds && TryWrite(ref room, new LinkFrame(LinkFrameType.Time, 0, seconds)))
            timeDue = null;
        if (pongDue is { } pong && TryWrite(ref room, new LinkFrame(LinkFrameType.Pong, 0, pong)))
            pongDue = null;
        if (pingDue is { } ping && TryWrite(ref room, new LinkFrame(LinkFrameType.Ping, 0, ping)))
            pingDue = null;
        WriteReporting(ref room);
        if (powerOffIsDue && TryWrite(ref room, new LinkFrame(LinkFrameType.PowerOff, 0, 0)))
            powerOffIsDue = false;
        while (room.Length >= ControlRoom && due.TryDequeue(out var channel))
        {
            channel.IsQueued = false;
            WriteControl(ref room, channel);
        }

        return target.Length - room.Length;
    }

    /// <summary>How many bytes one DATA frame of a channel may have now; 0 = none.</summary>
    public static int MaySend(LinkEnd channel) => channel is { OpenIsDue: false, IsClosedHere: false, IsClosedThere: false }
        ? Math.Min(channel.SendCredit, LinkFrame.MaxPayload)
        : 0;

    /// <summary>Writes the head of a DATA frame with so many bytes, at most <see cref="MaySend"/>; the caller writes them behind it.</summary>
    public static void WriteDataHead(Span<byte> target, LinkEnd channel, int count)
    {
        new LinkFrame(LinkFrameType.Data, channel.Id, (uint)count).Write(target);
        channel.SendCredit -= count;
    }

    private void WriteControl(ref Span<byte> room, LinkEnd channel)
    {
        if (channel.OpenIsDue)
        {
            channel.OpenIsDue = false;
            TryWrite(ref room, new LinkFrame(LinkFrameType.Open, channel.Id, LinkFrame.OpenPayload));
            new Protocol.ExecParameters(channel.Address.Domain, channel.Address.Port).Write(room);
            room = room[LinkFrame.OpenPayload..];
        }

        if (channel is { Owed: > 0, IsClosedHere: false, IsClosedThere: false })
        {
            channel.ReceiveCredit += channel.Owed;
            TryWrite(ref room, new LinkFrame(LinkFrameType.Credit, channel.Id, (uint)channel.Owed));
            channel.Owed = 0;
        }

        if (!channel.CloseIsDue)
            return;
        channel.CloseIsDue = false;
        TryWrite(ref room, new LinkFrame(LinkFrameType.Close, channel.Id, 0));
        if (channel.IsClosedThere)
            Forget(channel);
    }

    private static bool TryWrite(ref Span<byte> room, LinkFrame frame)
    {
        if (room.Length < LinkFrame.Size)
            return false;
        frame.Write(room);
        room = room[LinkFrame.Size..];
        return true;
    }
}
