using Qubes.Qrexec.Link;

namespace Qubes.Agent.Serving;

/// <summary>Whoever uses a channel of the link to the host.</summary>
internal abstract class ChannelUser(AgentLink link)
{
    /// <summary>The link.</summary>
    protected AgentLink Link => link;

    /// <summary>The channel.</summary>
    public required LinkEnd Channel { get; init; }

    /// <summary>It waits for its turn to send.</summary>
    public bool IsReady { get; set; }

    /// <summary>Bytes arrived; each has to be given to <see cref="AgentLink.Consume"/> once it is out of the way.</summary>
    public abstract void Received(ReadOnlySpan<byte> data);

    /// <summary>
    /// Writes up to one frame of what it wants to send and returns how many bytes that were; 0 = nothing now, so it is not asked
    /// again before <see cref="AgentLink.Ready"/>. There is room for at least <see cref="AgentLink.LeastRoom"/> bytes.
    /// </summary>
    public abstract int Produce(Span<byte> room);

    /// <summary>The channel is of no use any more: the host closed it, or went away.</summary>
    public abstract void Closed();
}
