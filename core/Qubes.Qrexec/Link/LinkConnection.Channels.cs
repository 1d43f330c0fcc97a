namespace Qubes.Qrexec.Link;

/// <content>What the channels ask of their link, and what the session tells it.</content>
public sealed partial class LinkConnection
{
    /// <summary>Guards the session and all channels.</summary>
    internal Lock Gate => gate;

    /// <summary>Gives credit back for bytes that a reader took; with the gate held.</summary>
    internal void Consume(LinkEnd end, int count)
    {
        session.Consume(end, count);
        if (end.IsQueued)
            NoteOutput();
    }

    /// <summary>A channel has bytes to send; with the gate held.</summary>
    internal void EnqueueSender(LinkChannel channel)
    {
        senders.Enqueue(channel);
        NoteOutput();
    }

    /// <summary>Closes a channel; with the gate held.</summary>
    internal void Close(LinkEnd end)
    {
        session.Close(end);
        NoteOutput();
    }

    /// <summary>Hears the session, with the gate held.</summary>
    private sealed class User(LinkConnection link) : ILinkUser
    {
        public void Established() => link.established.TrySetResult();

        public void Interrupted()
        {
            // Only ever told to a guest.
        }

        public void Opened(LinkEnd channel)
        {
            var opened = new LinkChannel(link, channel, link.session.Window);
            channel.Owner = opened;
            link.incoming.Writer.TryWrite(opened);
        }

        public void Received(LinkEnd channel, ReadOnlySpan<byte> data) => ((LinkChannel)channel.Owner!).Take(data);

        public void Credited(LinkEnd channel) => ((LinkChannel)channel.Owner!).Credited();

        public void ClosedByPeer(LinkEnd channel) => ((LinkChannel)channel.Owner!).ClosedByPeer();

        public void Answered(uint token)
        {
            if (token != link.lastPing)
                return;
            link.answered?.TrySetResult();
            link.answered = null;
        }

        public void PowerOffRequested()
        {
            // Only ever told to a guest.
        }

        public void TimeTold(uint seconds)
        {
            // Only ever told to a guest.
        }

        public void SealAsked()
        {
            // Only ever told to a guest.
        }

        public void IdentityTold(LinkIdentity? identity)
        {
            // Only ever told to a guest.
        }

        public void SealAnswered(IdentityOutcome outcome) => link.sealAnswered?.TrySetResult(outcome);

        public void IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample)
        {
            if (outcome == IdentityOutcome.Done)
                link.identified.TrySetResult(sample.ToArray());
            else
                link.identified.TrySetException(new IdentityRefusedException(outcome));
        }

        public void UseTold(uint kib) => (link.newestUse, link.usesTold) = (kib, link.usesTold + 1);
    }
}
