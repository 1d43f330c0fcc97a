using System.Diagnostics;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <summary>
/// One end of a link without its input and output: frames, channels, credit. Not thread-safe. What it wants to send is
/// pulled from it, so that nothing piles up here whatever the peer does: at most one frame of each kind per channel is due.
/// </summary>
internal sealed partial class LinkSession
{
    private readonly LinkRole role;
    private readonly int window;
    private readonly ILinkUser user;
    private readonly Dictionary<ushort, LinkEnd> channels = [];
    private readonly Queue<LinkEnd> due = new();
    private readonly GreetingScanner scanner = new();
    private int peerWindow;
    private Guid? nonce;
    private ushort nextId;

    /// <summary>A session that looks for a greeting.</summary>
    /// <param name="role">Which end it is.</param>
    /// <param name="window">Bytes per channel that the peer may send ahead.</param>
    /// <param name="nonce">The host's nonce; null for a guest.</param>
    /// <param name="user">Who hears what arrives.</param>
    public LinkSession(LinkRole role, int window, Guid? nonce, ILinkUser user)
    {
        Debug.Assert(window is >= Greeting.SmallestWindow and <= Greeting.LargestWindow);
        (this.role, this.window, this.nonce, this.user) = (role, window, nonce, user);
        nextId = (ushort)role;
    }

    /// <summary>Bytes per channel that the peer may send ahead.</summary>
    public int Window => window;

    /// <summary>Whether greetings were exchanged.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>The version that the peer speaks; 0 before its greeting.</summary>
    public int PeerVersion { get; private set; }

    /// <summary>All channels that are not closed on both sides.</summary>
    public IReadOnlyCollection<LinkEnd> Channels => channels.Values;

    /// <summary>Opens a channel; null if this side has as many open as are allowed.</summary>
    public LinkEnd? Open(VchanAddress address)
    {
        if (channels.Keys.Count(IsOwn) >= LinkFrame.MaxChannels)
            return null;
        do
            nextId += 2;
        while (channels.ContainsKey(nextId));
        var channel = new LinkEnd(nextId, address) { SendCredit = peerWindow, ReceiveCredit = window, OpenIsDue = true };
        channels.Add(channel.Id, channel);
        Enqueue(channel);
        return channel;
    }

    /// <summary>Bytes that had been received are out of the way: their credit goes back to the peer, in good portions.</summary>
    public void Consume(LinkEnd channel, int count)
    {
        channel.Owed += count;
        if (channel.Owed >= window / 4 && channel is { IsClosedHere: false, IsClosedThere: false })
            Enqueue(channel);
    }

    /// <summary>This side is done with a channel; what it had sent is still delivered. Quiet when it was closed before.</summary>
    public void Close(LinkEnd channel)
    {
        if (channel.IsClosedHere)
            return;
        channel.IsClosedHere = channel.CloseIsDue = true;
        Enqueue(channel);
    }

    /// <summary>Drops everything and looks for a greeting: the pipe was closed, or what came over it was wrong.</summary>
    public void Reset()
    {
        IsEstablished = false;
        foreach (var channel in channels.Values)
            (channel.IsClosedHere, channel.IsClosedThere) = (true, true);
        channels.Clear();
        due.Clear();
        scanner.Reset();
        headBytes = payload = 0;
        current = null;
        greetingIsDue = powerOffIsDue = false;
        pingDue = pongDue = null;
        ForgetAnswers();
        ForgetReports();
    }

    private bool IsOwn(ushort id) => (id & 1) == (int)role;

    private void Enqueue(LinkEnd channel)
    {
        if (channel.IsQueued)
            return;
        channel.IsQueued = true;
        due.Enqueue(channel);
    }

    private void Forget(LinkEnd channel) => channels.Remove(channel.Id);
}
