using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Link;

public sealed class LinkSealingTests
{
    private static readonly Guid Nonce = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly byte[] OpenFromHost = [1, 0, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0];
    private static readonly byte[] OpenFromGuest = [1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0];

    [Fact]
    public void A_seal_an_identity_and_what_follows_are_the_same_however_they_are_cut()
    {
        foreach (var step in (int[])[1, 2, 3, 7, 8, 9, 31, 100_000])
        {
            var (host, guest, copy) = (new Recorder(), new Recorder(), new Recorder());
            var guestEnd = new LinkSession(LinkRole.Guest, Wire.Window, null, guest);
            var hostEnd = new LinkSession(LinkRole.Host, Wire.Window, Nonce, host);
            Wire.Feed(guestEnd, hostEnd.Opening(), step);
            Wire.Feed(hostEnd, Wire.Control(guestEnd), step);
            hostEnd.Seal();
            Wire.Feed(guestEnd, Wire.Control(hostEnd), step);
            guestEnd.AnswerSeal(IdentityOutcome.Done);
            Wire.Feed(hostEnd, Wire.Control(guestEnd), step);
            Assert.Equal("established sealed Done", host.Text());

            var copyEnd = new LinkSession(LinkRole.Host, Wire.Window, Guid.NewGuid(), copy);
            copyEnd.Identify(LinkIdentityTests.Sample);
            copyEnd.Open(new VchanAddress(0, 512));
            byte[] first = [.. copyEnd.OpeningOfClone(), .. Wire.Control(copyEnd)];
            Wire.Feed(guestEnd, first.AsSpan(0, first.Length - 16), step);
            guestEnd.AnswerIdentity(IdentityOutcome.Done, new byte[32]);
            Wire.Feed(guestEnd, first.AsSpan(first.Length - 16), step);
            Assert.Equal("established seal interrupted established identity disp1234 01020304 opened 0:512", guest.Text());
            Wire.Feed(copyEnd, Wire.Control(guestEnd), step);
            Assert.Equal("established credited identified Done 32", copy.Text());
            Assert.False(guestEnd.IsSealed);
        }
    }

    [Fact]
    public void The_first_word_to_a_copy_is_short()
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, new Recorder());
        host.Identify(LinkIdentityTests.Sample);
        host.Open(new VchanAddress(0, 512));
        Assert.InRange(host.OpeningOfClone().Length + Wire.Control(host).Length, 1, 256);
    }

    [Fact]
    public void A_guest_stays_sealed_from_one_connection_to_the_next()
    {
        var guest = Sealed(new Recorder());
        guest.Reset();
        Wire.Feed(guest, Wire.GreetingOf(Nonce));
        Assert.True(guest.IsSealed);
    }

    [Fact]
    public void A_sealed_guest_answers_pings_and_closes_what_is_opened_without_a_word_to_anyone()
    {
        var user = new Recorder();
        var guest = Sealed(user);
        Wire.Feed(guest, [.. Wire.Frame(6, 7), .. OpenFromHost, .. Wire.Frame(2, 3, channel: 2), 1, 2, 3]);
        Assert.Equal("established seal", user.Text());
        Assert.Equal([.. Wire.Frame(7, 7), .. Wire.Frame(4, 0, channel: 2)], Wire.Control(guest));
        Wire.Feed(guest, Wire.Frame(4, 0, channel: 2));
        Assert.Empty(guest.Channels);
    }

    [Fact]
    public void Channels_that_were_open_end_without_a_word_but_what_was_on_its_way_to_them_is_taken()
    {
        var user = new Recorder();
        var guest = new LinkSession(LinkRole.Guest, Wire.Window, null, user);
        Wire.Feed(guest, [.. Wire.GreetingOf(Nonce), .. OpenFromHost]);
        Wire.Control(guest);
        Wire.Feed(guest, [.. Wire.Frame(9, 0), .. Wire.Frame(2, 2, channel: 2), 1, 2, .. Wire.Frame(4, 0, channel: 2)]);
        Assert.Equal("established opened 0:512 seal", user.Text());
        Assert.Empty(Wire.Control(guest));
    }

    [Theory]
    [InlineData("power off", 5, 0)]
    [InlineData("time", 8, 5)]
    [InlineData("pong", 7, 1)]
    [InlineData("seal", 9, 0)]
    [InlineData("sealed", 10, 0)]
    [InlineData("identified", 12, 0)]
    [InlineData("an identity too short", 11, 113)]
    [InlineData("an identity too long", 11, 240)]
    [InlineData("an identity without end", 11, uint.MaxValue)]
    public void A_sealed_guest_takes_nothing_else(string what, int type, uint value)
    {
        var guest = Sealed(new Recorder());
        Assert.True(Wire.Violates(() => Wire.Feed(guest, Wire.Frame(type, value))), what);
        Assert.True(guest.IsSealed);
    }

    [Fact]
    public void A_malformed_identity_is_told_as_such()
    {
        var user = new Recorder();
        Wire.Feed(Sealed(user), [.. Wire.Frame(11, 120), .. new byte[120]]);
        Assert.Equal("established seal malformed", user.Text());
    }

    [Theory]
    [InlineData(IdentityOutcome.Entropy)]
    [InlineData(IdentityOutcome.Malformed)]
    public void An_identity_that_was_not_taken_leaves_the_seal_and_gives_no_sample(IdentityOutcome outcome)
    {
        var guest = Sealed(new Recorder());
        guest.AnswerIdentity(outcome, new byte[32]);
        Assert.Equal(Wire.Frame(12, (uint)outcome), Wire.Control(guest));
        Assert.True(guest.IsSealed);
    }

    [Theory]
    [InlineData("value of seal", 9, 1)]
    [InlineData("sealed to a guest", 10, 0)]
    [InlineData("identified to a guest", 12, 0)]
    public void Broken_rules_of_a_host_are_violations(string what, int type, uint value)
    {
        var guest = new LinkSession(LinkRole.Guest, Wire.Window, null, new Recorder());
        Wire.Feed(guest, Wire.GreetingOf(Nonce));
        Assert.True(Wire.Violates(() => Wire.Feed(guest, Wire.Frame(type, value))), what);
    }

    [Theory]
    [InlineData("sealed that nobody asked for", 10, 0)]
    [InlineData("identified that nobody asked for", 12, 0)]
    [InlineData("seal to a host", 9, 0)]
    [InlineData("identity to a host", 11, 129)]
    public void Broken_rules_of_a_guest_are_violations(string what, int type, uint value)
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, new Recorder());
        Wire.Feed(host, Wire.GreetingOf(Nonce));
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(type, value))), what);
    }

    [Fact]
    public void An_outcome_that_is_none_and_a_second_answer_are_violations()
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, new Recorder());
        Wire.Feed(host, Wire.GreetingOf(Nonce));
        host.Seal();
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(10, 13))));
        Wire.Feed(host, Wire.Frame(10, 9));
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(10, 9))));
        Assert.True(Wire.Violates(() => Wire.Feed(Asking(), Wire.Frame(12, 13))));
        var asked = Asking();
        Wire.Feed(asked, Wire.Frame(12, 5));
        Assert.True(Wire.Violates(() => Wire.Feed(asked, Wire.Frame(12, 5))));
    }

    public static TheoryData<string, byte[]> BeforeIdentified => new()
    {
        { "a channel", OpenFromGuest },
        { "a ping", Wire.Frame(6, 1) },
        { "a pong", Wire.Frame(7, 1) },
        { "a close of the host's channel", Wire.Frame(4, 0, channel: 2) },
        { "data on the host's channel", [.. Wire.Frame(2, 1, channel: 2), 0] },
        { "sealed", Wire.Frame(10, 0) },
    };

    [Theory]
    [MemberData(nameof(BeforeIdentified))]
    public void Nothing_may_come_from_a_copy_before_its_answer(string what, byte[] frame)
    {
        var user = new Recorder();
        var host = Asking(user);
        Assert.True(Wire.Violates(() => Wire.Feed(host, frame)), what);
        Assert.DoesNotContain("opened", user.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_bytes_do_nothing_but_a_violation_and_never_lift_a_seal() => Prop.ForAll<byte[], byte[]>((bytes, more) =>
    {
        var shaped = bytes.SelectMany(octet => (byte[])[(byte)(octet & 15), 0, (byte)(octet >> 7 << 1), 0, octet, 0, 0, 0]).ToArray();
        var user = new Recorder();
        var guest = Sealed(user);
        _ = Wire.Violates(() => Wire.Feed(guest, [.. shaped, .. more], 13));
        Wire.Control(guest);
        var copy = new Recorder();
        var host = Asking(copy);
        _ = Wire.Violates(() => Wire.Feed(host, [.. shaped, .. more], 13));
        Wire.Control(host);
        return guest.IsSealed && !user.Text().Contains("opened", StringComparison.Ordinal)
            && (!copy.Text().Contains("opened", StringComparison.Ordinal) || copy.Text().Contains("identified", StringComparison.Ordinal));
    }).QuickCheckThrowOnFailure();

    private static LinkSession Sealed(Recorder user)
    {
        var guest = new LinkSession(LinkRole.Guest, Wire.Window, null, user);
        Wire.Feed(guest, [.. Wire.GreetingOf(Nonce), .. Wire.Frame(9, 0)]);
        guest.AnswerSeal(IdentityOutcome.Done);
        Wire.Control(guest);
        return guest;
    }

    private static LinkSession Asking(Recorder? user = null)
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, user ?? new Recorder());
        host.Identify(LinkIdentityTests.Sample);
        host.Open(new VchanAddress(0, 512));
        Wire.Control(host);
        Wire.Feed(host, Wire.GreetingOf(Nonce));
        return host;
    }
}
