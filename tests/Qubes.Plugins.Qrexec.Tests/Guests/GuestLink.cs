using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>
/// The guest's end of a link behind a listening socket, as a hypervisor offers an agent's port: one host at a time, the next
/// one when that has gone.
/// </summary>
internal sealed class GuestLink : ILinkUser, IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource over = new();
    private readonly SemaphoreSlim output = new(0);
    private readonly Channel<GuestChannel> opened = Channel.CreateUnbounded<GuestChannel>();
    private readonly Channel<int> asked = Channel.CreateUnbounded<int>();
    private readonly LinkSession session;
    private readonly Task running;
    private Socket? host;

    public GuestLink(string path)
    {
        session = new(LinkRole.Guest, 256 * 1024, null, this);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(4);
        running = Task.Run(RunAsync);
    }

    public Lock Gate { get; } = new();

    /// <summary>Channels that the host opened.</summary>
    public ChannelReader<GuestChannel> Opened => opened.Reader;

    /// <summary>How often it was asked to report what it uses, milliseconds; 0: no more.</summary>
    public ChannelReader<int> Asked => asked.Reader;

    public TaskCompletionSource PowerOff { get; } = new();

    public TaskCompletionSource<uint> Time { get; } = new();

    /// <summary>What it answers when it is asked to seal itself, and when it is told who it is.</summary>
    public IdentityOutcome Outcome { get; set; }

    /// <summary>What it draws when it has an identity; its own seed's hash unless a test says otherwise.</summary>
    public byte[]? Sample { get; set; }

    /// <summary>Whom it was told to be.</summary>
    public LinkIdentity? Identity { get; private set; }

    public bool IsSealed
    {
        get
        {
            lock (Gate)
                return session.IsSealed;
        }
    }

    /// <summary>It was frozen while it was sealed, and this is the copy.</summary>
    public void BecomeCopy() => session.AnswerSeal(IdentityOutcome.Done);

    public GuestChannel Open(VchanAddress address)
    {
        lock (Gate)
        {
            LinkEnd end = session.Open(address)!;
            var channel = new GuestChannel(this, end);
            end.Owner = channel;
            Wake();
            return channel;
        }
    }

    /// <summary>Tells how much memory it uses, unless nobody asked.</summary>
    public void TellUse(uint kib)
    {
        lock (Gate)
            session.TellUse(kib);
        Wake();
    }

    /// <summary>Breaks the connection to the host, which may come again.</summary>
    public void Drop()
    {
        lock (Gate)
            host?.Dispose();
    }

    /// <summary>Sends bytes outside the rules.</summary>
    public void SendRaw(byte[] bytes)
    {
        try
        {
            lock (Gate)
                host!.Send(bytes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The host has had enough already.
        }
    }

    public void Wake() => output.Release();

    public void Consume(LinkEnd end, int count)
    {
        session.Consume(end, count);
        Wake();
    }

    public void Close(LinkEnd end)
    {
        session.Close(end);
        Wake();
    }

    void ILinkUser.Established()
    {
    }

    void ILinkUser.Interrupted() => FailAll();

    void ILinkUser.Opened(LinkEnd channel)
    {
        var taken = new GuestChannel(this, channel);
        channel.Owner = taken;
        opened.Writer.TryWrite(taken);
    }

    void ILinkUser.Received(LinkEnd channel, ReadOnlySpan<byte> data) => ((GuestChannel)channel.Owner!).Take(data);

    void ILinkUser.Credited(LinkEnd channel) => Wake();

    void ILinkUser.ClosedByPeer(LinkEnd channel) => ((GuestChannel)channel.Owner!).Fail();

    void ILinkUser.Answered(uint token)
    {
    }

    void ILinkUser.PowerOffRequested() => PowerOff.TrySetResult();

    void ILinkUser.SealAsked() => session.AnswerSeal(Outcome);

    void ILinkUser.IdentityTold(LinkIdentity? identity)
    {
        Identity = identity! with { Seed = [.. identity.Seed] };
        session.AnswerIdentity(Outcome, Sample ?? SHA256.HashData(identity.Seed));
    }

    void ILinkUser.SealAnswered(IdentityOutcome outcome) => throw new InvalidOperationException("only a host hears this");

    void ILinkUser.IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample) =>
        throw new InvalidOperationException("only a host hears this");

    void ILinkUser.ReportsAsked(int milliseconds) => asked.Writer.TryWrite(milliseconds);

    void ILinkUser.TimeTold(uint seconds) => Time.TrySetResult(seconds);

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        Drop();
        await running;
        listener.Dispose();
        over.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Socket accepted = await listener.AcceptAsync(over.Token);
                lock (Gate)
                    host = accepted;
                using var gone = new CancellationTokenSource();
                Task writing = WriteAsync(accepted, gone.Token);
                await ReadAsync(accepted);
                await gone.CancelAsync();
                accepted.Dispose();
                await writing;
                lock (Gate)
                {
                    FailAll();
                    session.Reset();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void FailAll()
    {
        LinkEnd[] ends = [.. session.Channels];
        foreach (LinkEnd end in ends)
        {
            (end.IsClosedHere, end.IsClosedThere) = (true, true);
            (end.Owner as GuestChannel)?.Fail();
        }
    }

    private async Task ReadAsync(Socket from)
    {
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is > 0 and int count)
            {
                lock (Gate)
                {
                    ReadOnlySpan<byte> input = buffer.AsSpan(0, count);
                    session.Receive(ref input);
                }
                Wake();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The host is gone.
        }
    }

    private async Task WriteAsync(Socket to, CancellationToken cancel)
    {
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                int used;
                lock (Gate)
                    used = Fill(buffer);
                if (used == 0)
                    await output.WaitAsync(cancel);
                for (int sent = 0; sent < used;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, used - sent), cancel);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The host is gone.
        }
    }

    private int Fill(Span<byte> buffer)
    {
        int used = session.WriteControl(buffer);
        foreach (LinkEnd end in session.Channels.ToArray())
        {
            if (buffer.Length - used > LinkFrame.Size)
                used += (end.Owner as GuestChannel)?.Fill(buffer[used..]) ?? 0;
        }
        return used;
    }
}
