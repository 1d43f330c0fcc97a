using System.Threading.Channels;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <summary>
/// The host's end of a link to a guest: carries many vchans over one stream, each with its own flow control, so that a stalled
/// reader holds up its own vchan only. Whatever is wrong with what the guest sends closes this link and nothing else.
/// Members may be used from any thread.
/// </summary>
public sealed partial class LinkConnection : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Stream stream;
    private readonly LinkSession session;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<LinkChannel> incoming = Channel.CreateUnbounded<LinkChannel>();
    private readonly Queue<LinkChannel> senders = new();
    private readonly SemaphoreSlim outputIsDue = new(0, 1);
    private readonly byte[] opening;
    private readonly bool leavesOpen;
    private readonly Task reading;
    private readonly Task writing;
    private TaskCompletionSource? answered;
    private TaskCompletionSource? powerOffSent;
    private uint lastPing;
    private bool isDown;

    private LinkConnection(
        Stream stream, LinkOptions options, LinkIdentity? identity = null, VchanAddress first = default, bool leavesOpen = false)
    {
        (this.stream, this.leavesOpen) = (stream, leavesOpen);
        session = new LinkSession(LinkRole.Host, options.Window, Guid.NewGuid(), new User(this));
        opening = identity is null ? session.Opening() : session.OpeningOfClone();
        if (identity is not null)
        {
            session.Identify(identity);
            opened = OpenChannel(first);
        }

        reading = ReadLoopAsync(closing.Token);
        writing = WriteLoopAsync(closing.Token);
        Completion = CompleteAsync();
    }

    /// <summary>
    /// Channels that the guest opens, in order; each must be disposed of, even if nobody wants it, since until then it counts
    /// towards the 512 that a guest may have open. Ends with the link.
    /// </summary>
    public ChannelReader<LinkChannel> Incoming => incoming.Reader;

    /// <summary>
    /// Completes when the link is down and all its channels are closed. Faults with <see cref="LinkViolationException"/> if
    /// the guest broke the rules; that the stream ended or failed is no fault.
    /// </summary>
    public Task Completion { get; }

    /// <summary>Whether the link is down and all its channels are closed.</summary>
    public bool IsDown
    {
        get
        {
            lock (gate)
                return isDown;
        }
    }

    /// <summary>Greets the guest over a stream, which the connection then owns.</summary>
    /// <exception cref="TimeoutException">The guest did not greet back within the options' time.</exception>
    /// <exception cref="EndOfStreamException">The stream ended before that.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public static async Task<LinkConnection> ConnectAsync(
        Stream stream, LinkOptions options, TimeProvider time, CancellationToken cancel)
    {
        var link = new LinkConnection(stream, options);
        try
        {
            await link.established.Task.WaitAsync(options.GreetingTimeout, time, cancel).ConfigureAwait(false);
            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Opens a stream and greets the guest, and begins again with a new stream whenever that fails or takes too long, until
    /// it works or <paramref name="cancel"/>. What <paramref name="open"/> throws other than I/O and socket errors ends it.
    /// </summary>
    public static async Task<LinkConnection> ConnectAsync(
        Func<CancellationToken, ValueTask<Stream>> open, LinkOptions options, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var stream = await open(cancel).ConfigureAwait(false);
                return await ConnectAsync(stream, options, time, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                await Task.Delay(options.RetryPause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Opens a vchan that the guest's agent serves.</summary>
    /// <param name="address">The vchan as the guest sees it: the peer's domain id (0 = the host), and the port.</param>
    /// <exception cref="VchanClosedException">The link is down.</exception>
    /// <exception cref="InvalidOperationException">512 channels are open.</exception>
    public LinkChannel OpenChannel(VchanAddress address)
    {
        lock (gate)
        {
            if (isDown)
                throw new VchanClosedException("the link to the guest is down");
            var end = session.Open(address)
                ?? throw new InvalidOperationException($"{LinkFrame.MaxChannels} channels are open to this guest; no more are allowed");
            var channel = new LinkChannel(this, end, session.Window);
            end.Owner = channel;
            NoteOutput();
            return channel;
        }
    }

    /// <summary>Asks the guest to power off; returns when the request was sent. Whether it does shows at its machine.</summary>
    /// <exception cref="VchanClosedException">The link is down.</exception>
    public Task RequestPowerOffAsync(CancellationToken cancel)
    {
        lock (gate)
        {
            if (isDown)
                throw new VchanClosedException("the link to the guest is down");
            powerOffSent ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            session.PowerOff();
            NoteOutput();
            return powerOffSent.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Tells the guest the time, to the second, before anything that is sent to it from now on; nothing when the link is down.</summary>
    public void TellTime(DateTimeOffset time)
    {
        lock (gate)
        {
            if (isDown)
                return;
            session.TellTime((uint)Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue));
            NoteOutput();
        }
    }

    /// <summary>Returns when the guest's agent has answered a question asked after this call.</summary>
    /// <exception cref="VchanClosedException">The link is down or went down.</exception>
    public Task PingAsync(CancellationToken cancel)
    {
        lock (gate)
        {
            if (isDown)
                throw new VchanClosedException("the link to the guest is down");
            // A newer ping replaces an older one on the wire, so all who wait share the newest answer.
            answered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            session.Ping(++lastPing);
            NoteOutput();
            return answered.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Closes the link at once. What was written to its channels but not yet sent is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
