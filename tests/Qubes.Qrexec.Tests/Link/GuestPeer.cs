using System.Net.Sockets;
using System.Security.Cryptography;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>
/// The guest's end of a link as a plain blocking loop on a thread of the pool: echoes every byte of every channel, but
/// reads nothing from channels on port 600, and floods those on port 601 without end.
/// </summary>
internal sealed class GuestPeer : ILinkUser
{
    private readonly Socket socket;
    private readonly LinkSession session;
    private readonly List<(LinkEnd Channel, byte[] Data)> toSend = [];
    private uint reportsDue;
    private readonly byte[] flood = new byte[32768];

    public GuestPeer(Socket socket, int window, bool isSealed = false)
    {
        this.socket = socket;
        session = new LinkSession(LinkRole.Guest, window, null, this);
        if (isSealed)
            session.AnswerSeal(IdentityOutcome.Done);
        Running = Task.Run(Run);
    }

    public Task Running { get; }

    public List<VchanAddress> Opens { get; } = [];

    public bool PowerOffSeen { get; private set; }

    public DateTimeOffset? TimeSeen { get; private set; }

    public int Interruptions { get; private set; }

    /// <summary>What to open as soon as greetings were exchanged.</summary>
    public VchanAddress? OpenAtOnce { get; init; }

    public void Established()
    {
        if (OpenAtOnce is { } address)
            toSend.Add((session.Open(address)!, "hello"u8.ToArray()));
    }

    public void Interrupted() => Interruptions++;

    public void Opened(LinkEnd channel) => Opens.Add(channel.Address);

    public void Received(LinkEnd channel, ReadOnlySpan<byte> data)
    {
        if (channel.Address.Port == 600)
            return;
        session.Consume(channel, data.Length);
        toSend.Add((channel, data.ToArray()));
    }

    public void Credited(LinkEnd channel)
    {
    }

    public void ClosedByPeer(LinkEnd channel) => session.Close(channel);

    public void Answered(uint token)
    {
    }

    public void PowerOffRequested() => PowerOffSeen = true;

    /// <summary>What it answers to a seal, and to an identity.</summary>
    public IdentityOutcome Outcome { get; init; }

    /// <summary>Who it was told to be.</summary>
    public LinkIdentity? Identity { get; private set; }

    /// <summary>Bytes that came with the greeting, in one piece.</summary>
    public int FirstPiece { get; private set; }

    public void SealAsked() => session.AnswerSeal(Outcome);

    public void IdentityTold(LinkIdentity? identity)
    {
        Identity = identity! with { Seed = [.. identity.Seed] };
        session.AnswerIdentity(Outcome, SHA256.HashData(identity.Seed));
    }

    public void SealAnswered(IdentityOutcome outcome) => throw new InvalidOperationException("only a host hears this");

    public void IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample) =>
        throw new InvalidOperationException("only a host hears this");

    /// <summary>How many reports it sends in one piece for each REPORT; numbered from 1.</summary>
    public uint Reports { get; init; }

    /// <summary>What it was asked for.</summary>
    public List<int> Periods { get; } = [];

    public void ReportsAsked(int milliseconds)
    {
        Periods.Add(milliseconds);
        reportsDue = milliseconds > 0 ? Reports : 0;
    }

    public void TimeTold(uint seconds) => TimeSeen = DateTimeOffset.FromUnixTimeSeconds(seconds);

    private void Run()
    {
        var input = new byte[65536];
        var output = new byte[256 * 1024];
        try
        {
            while (socket.Receive(input) is > 0 and var count)
            {
                FirstPiece = FirstPiece == 0 ? count : FirstPiece;
                ReadOnlySpan<byte> rest = input.AsSpan(0, count);
                session.Receive(ref rest);
                while (Fill(output) is > 0 and var used)
                    socket.Send(output.AsSpan(0, used));
            }
        }
        catch (SocketException)
        {
            // The host is gone.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private int Fill(Span<byte> output)
    {
        var used = session.WriteControl(output);
        while (reportsDue > 0 && output.Length - used >= LinkFrame.Size)
        {
            new LinkFrame(LinkFrameType.Uses, 0, Reports - --reportsDue).Write(output[used..]);
            used += LinkFrame.Size;
        }

        for (var i = 0; i < toSend.Count && output.Length - used > LinkFrame.Size; i++)
        {
            var (channel, data) = toSend[i];
            var count = Math.Min(Math.Min(LinkSession.MaySend(channel), data.Length), output.Length - used - LinkFrame.Size);
            if (count == 0)
                continue;
            LinkSession.WriteDataHead(output[used..], channel, count);
            data.AsSpan(0, count).CopyTo(output[(used + LinkFrame.Size)..]);
            used += LinkFrame.Size + count;
            toSend[i] = (channel, data[count..]);
        }

        toSend.RemoveAll(entry => entry.Data.Length == 0 || entry.Channel.IsClosedHere || entry.Channel.IsClosedThere);
        foreach (var channel in session.Channels.Where(channel => channel.Address.Port == 601).ToList())
        {
            var count = Math.Min(Math.Min(LinkSession.MaySend(channel), flood.Length), output.Length - used - LinkFrame.Size);
            if (count <= 0)
                continue;
            LinkSession.WriteDataHead(output[used..], channel, count);
            flood.AsSpan(0, count).CopyTo(output[(used + LinkFrame.Size)..]);
            used += LinkFrame.Size + count;
        }

        return used;
    }
}
