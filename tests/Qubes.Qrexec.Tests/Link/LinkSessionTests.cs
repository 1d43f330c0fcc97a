using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Link;

public sealed class LinkSessionTests
{
    private const int Window = 8192;
    private static readonly Guid Nonce = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void A_conversation_is_the_same_however_it_is_cut()
    {
        foreach (var step in (int[])[1, 2, 3, 7, 8, 9, 31, 100_000])
        {
            var (host, guest) = (new Recorder(), new Recorder());
            var hostEnd = new LinkSession(LinkRole.Host, Window, Nonce, host);
            var guestEnd = new LinkSession(LinkRole.Guest, Window, null, guest);
            Feed(guestEnd, [1, 2, 3, .. "QubesLn"u8, .. hostEnd.Opening()], step);
            Feed(hostEnd, [9, .. "QubesLnkQubes"u8, .. Control(guestEnd)], step);
            var channel = hostEnd.Open(new VchanAddress(3, 513))!;
            var frames = Control(hostEnd).ToList();
            frames.AddRange(Data(channel, "abc"u8));
            hostEnd.Close(channel);
            hostEnd.PowerOff();
            hostEnd.TellTime(4_000_000_000);
            hostEnd.Ping(7);
            frames.AddRange(Control(hostEnd));
            Feed(guestEnd, [.. frames], step);
            Assert.Equal("established opened 3:513 [abc] time 4000000000 off closed", guest.Text(joinData: true));
            guestEnd.Close(guest.Channels[0]);
            Feed(hostEnd, Control(guestEnd), step);
            Assert.Equal("established answered 7", host.Text());
            Assert.Empty(hostEnd.Channels);
            Assert.Empty(guestEnd.Channels);
        }
    }

    [Fact]
    public void Whatever_an_old_host_left_unfinished_a_new_one_is_understood()
    {
        var old = new LinkSession(LinkRole.Host, Window, Nonce, new Recorder());
        var oldFrames = old.Opening().ToList();
        var reply = new byte[Greeting.Size];
        new Greeting(1, Window, Nonce).Write(reply);
        Feed(old, reply, 100);
        var channel = old.Open(new VchanAddress(0, 513))!;
        oldFrames.AddRange(Control(old));
        oldFrames.AddRange(Data(channel, new byte[50]));
        for (var cut = LinkFrame.MaxPayload; cut <= oldFrames.Count; cut++)
        {
            var guest = new LinkSession(LinkRole.Guest, Window, null, new Recorder());
            Feed(guest, [.. oldFrames.Take(cut)], 100_000);
            var fresh = new LinkSession(LinkRole.Host, Window, Guid.NewGuid(), new Recorder());
            FeedAsAgent(guest, fresh.Opening());
            Feed(fresh, Control(guest), 100_000);
            Assert.True(fresh.IsEstablished);
            Assert.Empty(guest.Channels);
        }
    }

    [Fact]
    public void A_greeting_with_another_nonce_is_passed_over_even_where_it_hides_the_right_one()
    {
        var host = new LinkSession(LinkRole.Host, Window, Nonce, new Recorder());
        var wrong = new byte[Greeting.Size];
        new Greeting(1, Window, Guid.NewGuid()).Write(wrong);
        var right = new byte[Greeting.Size];
        new Greeting(1, Window, Nonce).Write(right);
        Feed(host, [.. wrong, .. wrong.AsSpan(0, 15), .. right], 5);
        Assert.True(host.IsEstablished);
    }

    [Theory]
    [InlineData("unknown type", new byte[] { 8, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("second byte", new byte[] { 6, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData("fill to the host", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("power off to the host", new byte[] { 5, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("ping on a channel", new byte[] { 6, 0, 1, 0, 0, 0, 0, 0 })]
    [InlineData("data on no channel", new byte[] { 2, 0, 9, 0, 1, 0, 0, 0, 0 })]
    [InlineData("open of the host's number", new byte[] { 1, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("open with another length", new byte[] { 1, 0, 3, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("open of a negative domain", new byte[] { 1, 0, 3, 0, 8, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0 })]
    [InlineData("open twice", new byte[] { 1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("empty data", new byte[] { 2, 0, 1, 0, 0, 0, 0, 0 })]
    [InlineData("data beyond the window", new byte[] { 2, 0, 1, 0, 1, 32, 0, 0 })]
    [InlineData("data beyond any frame", new byte[] { 2, 0, 1, 0, 255, 255, 255, 255 })]
    [InlineData("credit of nothing", new byte[] { 3, 0, 1, 0, 0, 0, 0, 0 })]
    [InlineData("credit beyond the window", new byte[] { 3, 0, 1, 0, 1, 0, 0, 0 })]
    [InlineData("close with a value", new byte[] { 4, 0, 1, 0, 1, 0, 0, 0 })]
    [InlineData("close twice", new byte[] { 4, 0, 1, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0, 0 })]
    [InlineData("a second greeting", new byte[] { (byte)'Q', 0, 0, 0, 0, 0, 0, 0 })]
    public void Every_broken_rule_is_a_violation(string rule, byte[] frame)
    {
        var host = Established(new Recorder());
        Feed(host, [1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0], 100);
        Assert.True(Violates(() => Feed(host, frame, 100)), rule);
    }

    [Fact]
    public void The_window_is_enforced_to_the_byte_and_opens_again_as_bytes_are_consumed()
    {
        var user = new Recorder();
        var host = Established(user);
        Feed(host, [1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0], 100);
        Feed(host, [2, 0, 1, 0, 0, 32, 0, 0, .. new byte[Window]], 1000);
        Assert.True(Violates(() => Feed(host, [2, 0, 1, 0, 1, 0, 0, 0, 0], 100)));

        host = Established(user = new Recorder());
        Feed(host, [1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0], 100);
        Feed(host, [2, 0, 1, 0, 0, 32, 0, 0, .. new byte[Window]], 1000);
        host.Consume(user.Channels[0], 1000);
        Assert.Empty(Control(host));
        host.Consume(user.Channels[0], 2000);
        Assert.Equal([3, 0, 1, 0, 0xb8, 0x0b, 0, 0], Control(host));
        Feed(host, [2, 0, 1, 0, 0xb8, 0x0b, 0, 0, .. new byte[3000]], 1000);
    }

    [Fact]
    public void The_513th_channel_of_a_guest_is_a_violation_and_of_the_host_is_not_given()
    {
        var host = Established(new Recorder());
        byte[] Open(int id) => [1, 0, (byte)id, (byte)(id >> 8), 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0];
        for (var i = 0; i < LinkFrame.MaxChannels; i++)
        {
            Feed(host, Open(2 * i + 1), 100);
            Assert.NotNull(host.Open(new VchanAddress(0, 513)));
        }

        Assert.Null(host.Open(new VchanAddress(0, 513)));
        Assert.True(Violates(() => Feed(host, Open(2 * LinkFrame.MaxChannels + 1), 100)));
    }

    [Fact]
    public void Hostile_bytes_do_nothing_but_a_violation() => Prop.ForAll<byte[], byte[]>((bytes, more) =>
    {
        foreach (var role in (LinkRole[])[LinkRole.Host, LinkRole.Guest])
        {
            var session = new LinkSession(role, Window, role == LinkRole.Host ? Nonce : null, new Recorder());
            var greeting = new byte[Greeting.Size];
            new Greeting(1, Window, Nonce).Write(greeting);
            // The low bits pick a frame type, so that more than the first check is reached.
            var shaped = bytes.SelectMany(octet => (byte[])[(byte)(octet & 7), 0, (byte)(octet >> 6), 0, octet, 0, 0, 0]).ToArray();
            _ = Violates(() => Feed(session, [.. greeting, .. shaped, .. more], 13));
            Control(session);
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static LinkSession Established(Recorder user)
    {
        var host = new LinkSession(LinkRole.Host, Window, Nonce, user);
        var greeting = new byte[Greeting.Size];
        new Greeting(1, Window, Nonce).Write(greeting);
        Feed(host, greeting, 100);
        return host;
    }

    private static bool Violates(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (LinkViolationException)
        {
            return true;
        }
    }

    private static void Feed(LinkSession session, ReadOnlySpan<byte> bytes, int step)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(step, bytes.Length)..])
        {
            var piece = bytes[..Math.Min(step, bytes.Length)];
            session.Receive(ref piece);
        }
    }

    /// <summary>As the agent does it: after a violation it looks for a greeting in what is left.</summary>
    private static void FeedAsAgent(LinkSession session, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            try
            {
                session.Receive(ref bytes);
            }
            catch (LinkViolationException)
            {
                session.Reset();
            }
        }
    }

    private static byte[] Control(LinkSession session)
    {
        var buffer = new byte[65536];
        return buffer[..session.WriteControl(buffer)];
    }

    private static byte[] Data(LinkEnd channel, ReadOnlySpan<byte> data)
    {
        var frame = new byte[LinkFrame.Size + data.Length];
        LinkSession.WriteDataHead(frame, channel, data.Length);
        data.CopyTo(frame.AsSpan(LinkFrame.Size));
        return frame;
    }
}
