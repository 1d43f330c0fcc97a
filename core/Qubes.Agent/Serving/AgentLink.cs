using System.Security.Cryptography;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>The guest's end of the link: moves bytes between the port, the session and the users of its channels.</summary>
internal sealed class AgentLink : ILinkUser, ITransport
{
    /// <summary>
    /// Bytes that the host may send ahead on each channel: enough for a host that fills it while the guest's one processor is
    /// busy with what came before.
    /// </summary>
    private const int Window = ChannelUser.MostReceived;
    private const int InputSize = 128 * 1024;
    private const int OutputSize = 160 * 1024;

    /// <summary>What one frame of bulk data fills: two writes of 32 KiB, which is all that virtio-serial takes at once.</summary>
    private const int FrameSize = 64 * 1024;

    /// <summary>How many buffers are moved each way before other events are looked at.</summary>
    private const int BuffersPerTurn = 8;

    private readonly Port port;
    private readonly IAgentOwner owner;
    private readonly LinkSession session;
    private readonly Queue<LinkPipe> ready = new();
    private readonly byte[] input = new byte[InputSize];
    private readonly byte[] output = new byte[OutputSize];
    private bool hasSeed;
    private int sent;
    private int filled;

    /// <summary>A link over a port.</summary>
    public AgentLink(Port port, IAgentOwner owner)
    {
        (this.port, this.owner) = (port, owner);
        session = new LinkSession(LinkRole.Guest, Window, null, this);
        port.Disconnected += Drop;
    }

    /// <inheritdoc/>
    public bool CarriesCallers => true;

    /// <inheritdoc/>
    public bool TryOpen(VchanAddress address, ChannelUser user)
    {
        if (session.Open(address) is not { } channel)
            return false;
        Attach(channel, user);
        return true;
    }

    /// <summary>Gives credit back.</summary>
    public void Consume(LinkEnd channel, int count) => session.Consume(channel, count);

    /// <summary>Closes a channel; what was produced for it is still sent.</summary>
    public void Close(LinkEnd channel) => session.Close(channel);

    /// <summary>A user of a channel has something to send.</summary>
    public void Ready(LinkPipe pipe)
    {
        if (pipe.IsQueued)
            return;
        pipe.IsQueued = true;
        ready.Enqueue(pipe);
    }

    /// <inheritdoc/>
    public bool Work()
    {
        var isInputLeft = TakeInput();
        return GiveOutput() || isInputLeft;
    }

    /// <inheritdoc/>
    public void Established() => AgentLog.Write("the host has connected");

    /// <inheritdoc/>
    public void Interrupted()
    {
        ready.Clear();
        sent = filled = 0;
        owner.LinkLost();
    }

    /// <inheritdoc/>
    public void Opened(LinkEnd channel)
    {
        if (owner.Accept(channel.Address) is { } user)
            Attach(channel, user);
        else
            session.Close(channel);
    }

    /// <inheritdoc/>
    public void Received(LinkEnd channel, ReadOnlySpan<byte> data) => UserOf(channel).Received(data);

    /// <inheritdoc/>
    public void Credited(LinkEnd channel) => Ready((LinkPipe)channel.Owner!);

    /// <inheritdoc/>
    public void ClosedByPeer(LinkEnd channel)
    {
        UserOf(channel).Closed();
        session.Close(channel);
    }

    /// <inheritdoc/>
    public void Answered(uint token)
    {
    }

    /// <inheritdoc/>
    public void PowerOffRequested() => owner.PowerOff();

    /// <inheritdoc/>
    public void TimeTold(uint seconds) => owner.SetClock(seconds);

    /// <inheritdoc/>
    public void SealAsked()
    {
        ready.Clear();
        owner.Seal(session.AnswerSeal);
    }

    /// <inheritdoc/>
    public void IdentityTold(LinkIdentity? identity)
    {
        hasSeed = true;
        Span<byte> sample = stackalloc byte[LinkIdentity.SampleSize];
        session.AnswerIdentity(owner.TakeIdentity(identity, sample), sample);
    }

    /// <inheritdoc/>
    public void SealAnswered(IdentityOutcome outcome)
    {
        // Only ever told to a host.
    }

    /// <inheritdoc/>
    public void IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample)
    {
        // Only ever told to a host.
    }

    /// <inheritdoc/>
    public void ReportsAsked(int milliseconds) => owner.ReportMemory(milliseconds, session.TellUse);

    private static ChannelUser UserOf(LinkEnd channel) => ((LinkPipe)channel.Owner!).User;

    private void Attach(LinkEnd channel, ChannelUser user)
    {
        var pipe = new LinkPipe(this, channel, user);
        (channel.Owner, user.Pipe) = (pipe, pipe);
        Ready(pipe);
    }

    private bool TakeInput()
    {
        for (var i = 0; i < BuffersPerTurn && port.MayRead; i++)
        {
            // The driver hands out 4 KiB at a time; gathering them saves handling each on its own.
            var count = 0;
            while (count < input.Length && port.MayRead)
                count += port.Read(input.AsSpan(count), isFromNewHost: count > 0 && session.IsSealed);
            ReadOnlySpan<byte> rest = input.AsSpan(0, port.IsConnected ? count : 0);
            while (!rest.IsEmpty)
                Receive(ref rest);
            ForgetSeed(count);
        }

        return port.MayRead;
    }

    private void Receive(ref ReadOnlySpan<byte> rest)
    {
        try
        {
            session.Receive(ref rest);
        }
        catch (LinkViolationException e)
        {
            // Only a host that was cut off can look like this; the next one's greeting follows.
            AgentLog.Write($"the link is dropped: {e.Message}");
            Drop();
        }
    }

    private void ForgetSeed(int received)
    {
        if (hasSeed)
            CryptographicOperations.ZeroMemory(input.AsSpan(0, received));
        hasSeed = false;
    }

    private bool GiveOutput()
    {
        for (var i = 0; i < BuffersPerTurn && port.MayWrite; i++)
        {
            if (sent == filled)
                (sent, filled) = (0, Fill());
            if (filled == 0)
                return false;
            while (sent < filled && port.MayWrite)
                sent += port.Write(output.AsSpan(sent, filled - sent));
        }

        return port.MayWrite;
    }

    private int Fill()
    {
        var used = session.WriteControl(output);
        while (used + FrameSize <= output.Length && used < FrameSize && ready.TryDequeue(out var pipe))
        {
            pipe.IsQueued = false;
            // Without credit it has to wait; it is made ready again when there is some.
            var room = Math.Min(LinkSession.MaySend(pipe.Channel), FrameSize - LinkFrame.Size);
            if (room < ChannelUser.LeastRoom)
                continue;
            var count = pipe.User.Produce(output.AsSpan(used + LinkFrame.Size, room));
            if (count == 0)
                continue;
            LinkSession.WriteDataHead(output.AsSpan(used), pipe.Channel, count);
            used += LinkFrame.Size + count;
            Ready(pipe);
        }

        return used > 0 ? used : session.WriteControl(output);
    }

    private void Drop()
    {
        session.Reset();
        Interrupted();
    }
}
