using System.Buffers.Binary;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <content>What arrives. The layout of frames is at <see cref="LinkFrame"/>.</content>
internal sealed partial class LinkSession
{
    private readonly byte[] head = new byte[LinkFrame.Size + LinkFrame.OpenPayload];
    private int headBytes;
    private int payload;
    private LinkEnd? current;

    /// <summary>Takes bytes in any pieces. On a violation, what is left of the input stays in <paramref name="input"/>.</summary>
    /// <exception cref="LinkViolationException">The peer broke a rule; only <see cref="Reset"/> helps.</exception>
    public void Receive(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (!IsEstablished)
                Greet(ref input);
            else if (bodyLeft > 0)
                TakeBody(ref input);
            else if (payload > 0)
                TakePayload(ref input);
            else if (TakeHead(ref input))
                JudgeHead();
        }
    }

    private void Greet(ref ReadOnlySpan<byte> input)
    {
        if (scanner.Scan(ref input, nonce) is not { } greeting)
            return;
        peerWindow = greeting.Window;
        PeerVersion = greeting.Version;
        IsEstablished = true;
        if (role == LinkRole.Guest)
        {
            greetingIsDue = true;
            peerNonce = greeting.Nonce;
        }

        user.Established();
        if (role == LinkRole.Host)
            GiveFirstCredit();
    }

    // What was opened along with an identity has no credit before the guest's window is known.
    private void GiveFirstCredit()
    {
        foreach (var channel in channels.Values)
        {
            channel.SendCredit = peerWindow;
            user.Credited(channel);
        }
    }

    private void TakePayload(ref ReadOnlySpan<byte> input)
    {
        var chunk = input[..Math.Min(payload, input.Length)];
        payload -= chunk.Length;
        input = input[chunk.Length..];
        // Bytes for a channel that is closed here were on their way when it was: nobody wants them.
        if (current is { IsClosedHere: false } channel)
            user.Received(channel, chunk);
    }

    private bool TakeHead(ref ReadOnlySpan<byte> input)
    {
        do
        {
            var size = headBytes >= 1 && head[0] == (byte)LinkFrameType.Open ? head.Length : LinkFrame.Size;
            var taken = Math.Min((headBytes == 0 ? 1 : size) - headBytes, input.Length);
            input[..taken].CopyTo(head.AsSpan(headBytes));
            headBytes += taken;
            input = input[taken..];
            if (headBytes >= LinkFrame.Size && headBytes == size)
            {
                headBytes = 0;
                return true;
            }
        }
        while (!input.IsEmpty);
        return false;
    }

    private void JudgeHead()
    {
        // A host that knows that nothing is unfinished greets anew without filling first.
        if (role == LinkRole.Guest && head.AsSpan(0, LinkFrame.Size).SequenceEqual(Greeting.Magic))
            Restart(Greeting.Magic);
        else
            Judge(LinkFrame.Read(head));
    }

    private void Judge(LinkFrame frame)
    {
        if (!MayCome(frame.Type))
            throw new LinkViolationException($"a frame of type {(byte)frame.Type} may not come before the identity is settled");
        switch (frame.Type)
        {
            case LinkFrameType.Open:
                PeerOpens(frame);
                break;
            case LinkFrameType.Data:
                PeerSends(Find(frame), frame.Value);
                break;
            case LinkFrameType.Credit:
                PeerCredits(Find(frame), frame.Value);
                break;
            case LinkFrameType.Close when frame.Value == 0:
                PeerCloses(Find(frame));
                break;
            case LinkFrameType.Ping when frame.Channel == 0:
                pongDue = frame.Value;
                break;
            case LinkFrameType.Pong when frame.Channel == 0:
                user.Answered(frame.Value);
                break;
            case LinkFrameType.PowerOff when role == LinkRole.Guest && frame is { Channel: 0, Value: 0 }:
                user.PowerOffRequested();
                break;
            case LinkFrameType.Time when role == LinkRole.Guest && frame.Channel == 0:
                user.TimeTold(frame.Value);
                break;
            case LinkFrameType.Seal or LinkFrameType.Sealed or LinkFrameType.Identity or LinkFrameType.Identified when frame.Channel == 0:
                JudgeSealing(frame);
                break;
            case LinkFrameType.Report or LinkFrameType.Uses when frame.Channel == 0:
                JudgeReporting(frame);
                break;
            case LinkFrameType.Fill when role == LinkRole.Guest:
                Restart([]);
                break;
            default:
                throw new LinkViolationException($"a frame of type {(byte)frame.Type} with value {frame.Value} is not allowed here");
        }
    }

    private void Restart(ReadOnlySpan<byte> seen)
    {
        Reset();
        user.Interrupted();
        Receive(ref seen);
    }

    private LinkEnd Find(LinkFrame frame) =>
        channels.TryGetValue(frame.Channel, out var channel) && !channel.IsClosedThere
            ? channel
            : throw new LinkViolationException($"channel {frame.Channel} is not open");

    private void PeerOpens(LinkFrame frame)
    {
        if (frame.Value != LinkFrame.OpenPayload || IsOwn(frame.Channel) || channels.ContainsKey(frame.Channel))
            throw new LinkViolationException($"channel {frame.Channel} cannot be opened by the peer");
        if (channels.Count >= LinkFrame.MaxChannels && channels.Keys.Count(id => !IsOwn(id)) >= LinkFrame.MaxChannels)
            throw new LinkViolationException($"more than {LinkFrame.MaxChannels} channels");
        var domain = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(LinkFrame.Size));
        var port = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(LinkFrame.Size + 4));
        if (domain < 0 || port < 0)
            throw new LinkViolationException("a domain id or port does not fit 31 bits");
        var channel = new LinkEnd(frame.Channel, new VchanAddress(domain, port)) { SendCredit = peerWindow, ReceiveCredit = window };
        channels.Add(channel.Id, channel);
        if (IsSealed)
            Close(channel);
        else
            user.Opened(channel);
    }

    private void PeerSends(LinkEnd channel, uint length)
    {
        if (length is 0 or > LinkFrame.MaxPayload)
            throw new LinkViolationException($"a frame has {length} bytes of data; 1 to {LinkFrame.MaxPayload} are allowed");
        if (length > channel.ReceiveCredit)
            throw new LinkViolationException($"{length} bytes were sent on a credit of {channel.ReceiveCredit}");
        channel.ReceiveCredit -= (int)length;
        (current, payload) = (channel, (int)length);
    }

    private void PeerCredits(LinkEnd channel, uint credit)
    {
        if (credit == 0 || credit > peerWindow - channel.SendCredit)
            throw new LinkViolationException($"a credit of {credit} exceeds the window of {peerWindow}");
        channel.SendCredit += (int)credit;
        if (!channel.IsClosedHere)
            user.Credited(channel);
    }

    private void PeerCloses(LinkEnd channel)
    {
        channel.IsClosedThere = true;
        if (!channel.IsClosedHere)
            user.ClosedByPeer(channel);
        else if (!channel.CloseIsDue)
            Forget(channel);
    }
}
