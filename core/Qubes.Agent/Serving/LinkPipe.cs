using Qubes.Qrexec.Link;

namespace Qubes.Agent.Serving;

/// <summary>A vchan that is a channel of the link.</summary>
internal sealed class LinkPipe(AgentLink link, LinkEnd channel, ChannelUser user) : IPipe
{
    /// <summary>Its channel.</summary>
    public LinkEnd Channel => channel;

    /// <summary>Who uses it.</summary>
    public ChannelUser User => user;

    /// <summary>It waits for its turn to send.</summary>
    public bool IsQueued { get; set; }

    /// <inheritdoc/>
    public void Ready() => link.Ready(this);

    /// <inheritdoc/>
    public void Consume(int count) => link.Consume(channel, count);

    /// <inheritdoc/>
    public void Close() => link.Close(channel);
}
