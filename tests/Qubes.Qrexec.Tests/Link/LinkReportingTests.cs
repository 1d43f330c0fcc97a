using System.Net.Sockets;
using Qubes.Qrexec.Link;

namespace Qubes.Qrexec.Tests.Link;

public sealed class LinkReportingTests
{
    private const int Report = 13;
    private const int Uses = 14;
    private static readonly Guid Nonce = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void What_is_asked_and_what_is_told_arrive_however_they_are_cut()
    {
        foreach (var step in (int[])[1, 2, 3, 7, 8, 9, 100_000])
        {
            var (host, guest) = (new Recorder(), new Recorder());
            var guestEnd = new LinkSession(LinkRole.Guest, Wire.Window, null, guest);
            var hostEnd = new LinkSession(LinkRole.Host, Wire.Window, Nonce, host);
            Wire.Feed(guestEnd, hostEnd.Opening(), step);
            Wire.Feed(hostEnd, Wire.Control(guestEnd), step);
            Assert.True(hostEnd.AskForReports(1000));
            Wire.Feed(guestEnd, Wire.Control(hostEnd), step);
            guestEnd.TellUse(1);
            guestEnd.TellUse(uint.MaxValue);
            Wire.Feed(hostEnd, Wire.Control(guestEnd), step);
            Assert.True(hostEnd.AskForReports(0));
            Wire.Feed(guestEnd, Wire.Control(hostEnd), step);
            Assert.Equal("established report 1000 report 0", guest.Text());
            Assert.Equal($"established uses {uint.MaxValue}", host.Text());
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(60_000)]
    [InlineData(0)]
    public void A_guest_takes_periods_within_bounds(int period)
    {
        var user = new Recorder();
        var guest = Guest(user);
        Wire.Feed(guest, Wire.Frame(Report, (uint)period));
        Assert.Equal($"established report {period}", user.Text());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(99, 0)]
    [InlineData(60_001, 0)]
    [InlineData(-1, 0)]
    [InlineData(1000, 2)]
    public void A_guest_refuses_others(int period, int channel)
    {
        var guest = Guest(new Recorder());
        Assert.True(Wire.Violates(() => Wire.Feed(guest, Wire.Frame(Report, (uint)period, (ushort)channel))));
    }

    [Fact]
    public void Neither_end_takes_what_only_the_other_may_be_told()
    {
        var (host, guest) = (Host(new Recorder()), Guest(new Recorder()));
        host.AskForReports(1000);
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Report, 1000))));
        Assert.True(Wire.Violates(() => Wire.Feed(guest, Wire.Frame(Uses, 1000))));
    }

    [Fact]
    public void A_report_that_nobody_asked_for_is_a_violation()
    {
        var host = Host(new Recorder());
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Uses, 5))));
    }

    [Fact]
    public void A_report_on_a_channel_is_a_violation()
    {
        var host = Host(new Recorder());
        host.AskForReports(1000);
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Uses, 5, channel: 1))));
    }

    [Fact]
    public void A_report_that_was_on_its_way_when_the_host_took_its_question_back_is_taken()
    {
        var user = new Recorder();
        var host = Host(user);
        host.AskForReports(1000);
        host.AskForReports(0);
        Wire.Feed(host, Wire.Frame(Uses, 5));
        Assert.Equal("established uses 5", user.Text());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_older_guest_is_never_asked(int version)
    {
        var host = Host(new Recorder(), version);
        Assert.False(host.AskForReports(1000));
        Assert.Empty(Wire.Control(host));
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Uses, 5))));
    }

    [Fact]
    public void A_guest_that_was_not_asked_or_no_more_tells_nothing()
    {
        var guest = Guest(new Recorder());
        Wire.Control(guest);
        guest.TellUse(5);
        Assert.False(guest.ControlIsDue);
        Wire.Feed(guest, Wire.Frame(Report, 1000));
        guest.TellUse(5);
        Assert.True(guest.ControlIsDue);
        Wire.Feed(guest, Wire.Frame(Report, 0));
        Assert.Empty(Wire.Control(guest));
    }

    [Fact]
    public void A_new_host_asks_anew()
    {
        var guest = Guest(new Recorder());
        Wire.Feed(guest, Wire.Frame(Report, 1000));
        guest.TellUse(5);
        guest.Reset();
        Wire.Feed(guest, Wire.GreetingOf(Guid.NewGuid()));
        guest.TellUse(6);
        Assert.Equal(Greeting.Size, Wire.Control(guest).Length);
    }

    [Fact]
    public void A_sealed_guest_tells_nothing_and_is_not_to_be_asked()
    {
        var guest = Guest(new Recorder());
        Wire.Feed(guest, Wire.Frame(Report, 1000));
        Wire.Control(guest);
        guest.TellUse(5);
        Wire.Feed(guest, Wire.Frame(9, 0));
        guest.TellUse(6);
        Assert.Empty(Wire.Control(guest));
        Assert.True(Wire.Violates(() => Wire.Feed(guest, Wire.Frame(Report, 1000))));
    }

    [Fact]
    public void A_host_hears_a_guest_until_it_is_sealed_and_does_not_ask_it_meanwhile()
    {
        var user = new Recorder();
        var host = Host(user);
        host.AskForReports(1000);
        host.Seal();
        Assert.False(host.AskForReports(2000));
        Wire.Feed(host, [.. Wire.Frame(Uses, 5), .. Wire.Frame(10, 0)]);
        Assert.Equal("established uses 5 sealed Done", user.Text());
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Uses, 6))));
    }

    [Fact]
    public void A_copy_may_not_report_before_it_has_taken_its_identity()
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, new Recorder());
        host.Identify(LinkIdentityTests.Sample);
        host.OpeningOfClone();
        Wire.Control(host);
        Wire.Feed(host, Wire.GreetingOf(Nonce));
        Assert.True(Wire.Violates(() => Wire.Feed(host, Wire.Frame(Uses, 5))));
    }

    [Fact]
    public async Task Of_a_flood_of_reports_the_newest_is_kept_and_everything_else_goes_on()
    {
        const int count = 1_000_000;
        var (host, socket) = await SocketPair.CreateAsync();
        var guest = new GuestPeer(socket, 65536) { Reports = count };
        await using (var link = await LinkConnection.ConnectAsync(new NetworkStream(host, ownsSocket: true), new LinkOptions(), TimeProvider.System, default))
        {
            Assert.True(link.AskForMemoryReports(TimeSpan.FromSeconds(1)));
            await link.PingAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
            // Pings are answered behind what was due before: all of it has come.
            await link.PingAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(link.MemoryReports.TryRead(out var bytes));
            Assert.Equal(count * 1024L, bytes);
            Assert.False(link.MemoryReports.TryRead(out _));
            Assert.True(link.AskForMemoryReports(TimeSpan.Zero));
            await link.PingAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
        }

        await guest.Running;
        Assert.Equal([1000, 0], guest.Periods);
    }

    [Fact]
    public async Task Periods_are_brought_within_bounds_and_nobody_is_asked_over_a_link_that_is_down()
    {
        var (host, socket) = await SocketPair.CreateAsync();
        var guest = new GuestPeer(socket, 65536);
        var link = await LinkConnection.ConnectAsync(new NetworkStream(host, ownsSocket: true), new LinkOptions(), TimeProvider.System, default);
        link.AskForMemoryReports(TimeSpan.FromMilliseconds(1));
        await link.PingAsync(default);
        link.AskForMemoryReports(TimeSpan.FromDays(1));
        await link.PingAsync(default);
        await link.DisposeAsync();
        await guest.Running;
        Assert.Equal([100, 60_000], guest.Periods);
        Assert.False(link.AskForMemoryReports(TimeSpan.FromSeconds(1)));
        Assert.False(await link.MemoryReports.WaitToReadAsync());
    }

    private static LinkSession Host(Recorder user, int version = Greeting.CurrentVersion)
    {
        var host = new LinkSession(LinkRole.Host, Wire.Window, Nonce, user);
        host.Opening();
        Wire.Feed(host, Wire.GreetingOf(Nonce, version));
        return host;
    }

    private static LinkSession Guest(Recorder user)
    {
        var guest = new LinkSession(LinkRole.Guest, Wire.Window, null, user);
        Wire.Feed(guest, Wire.GreetingOf(Nonce));
        return guest;
    }
}
