using System.Threading.Channels;
using NSubstitute;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Plugins.Qrexec.Memory;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Plugins.Qrexec.Tests.HostServices;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.Memory;

public sealed class MemoryReportsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Channel<long> reported = Channel.CreateUnbounded<long>();
    private readonly IGuestMemoryListener listener = Substitute.For<IGuestMemoryListener>();

    public MemoryReportsTests()
    {
        listener.IntervalOf(Arg.Any<IQube>()).Returns(Interval);
        listener.When(l => l.Reported(Arg.Any<IQube>(), Arg.Any<long>())).Do(c => reported.Writer.TryWrite(c.Arg<long>()));
    }

    [Fact]
    public async Task A_guest_is_asked_when_it_is_connected_and_what_it_says_is_passed_on()
    {
        await using TestHost host = await TestHost.StartAsync(before: h => h.Extensions.Offer(listener));
        Assert.Equal(1000, await AskedAsync(host.Guest));
        host.Guest.Link.TellUse(4096);
        Assert.Equal(4096 * 1024, await ReportedAsync());
        listener.Received().IntervalOf(host.Qube);
        listener.Received().Reported(host.Qube, 4096 * 1024);
    }

    [Fact]
    public async Task The_largest_number_is_passed_on_as_it_is()
    {
        await using TestHost host = await TestHost.StartAsync(before: h => h.Extensions.Offer(listener));
        await AskedAsync(host.Guest);
        host.Guest.Link.TellUse(uint.MaxValue);
        Assert.Equal(uint.MaxValue * 1024L, await ReportedAsync());
    }

    [Fact]
    public async Task Of_several_who_want_to_know_the_most_eager_one_counts_and_all_hear_it()
    {
        var other = Substitute.For<IGuestMemoryListener>();
        other.IntervalOf(Arg.Any<IQube>()).Returns(TimeSpan.FromMilliseconds(1));
        var none = Substitute.For<IGuestMemoryListener>();
        none.IntervalOf(Arg.Any<IQube>()).Returns((TimeSpan?)null);
        await using TestHost host = await TestHost.StartAsync(before: h => h.Extensions.Offer(none, other, listener));
        Assert.Equal(100, await AskedAsync(host.Guest));
        host.Guest.Link.TellUse(1);
        await ReportedAsync();
        other.Received().Reported(host.Qube, 1024);
    }

    [Fact]
    public async Task A_guest_that_nobody_wants_to_hear_of_is_not_asked_until_somebody_does()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync("user:exit 0")).Status);
        Assert.False(host.Guest.Link.Asked.TryRead(out _));
        host.Extensions.Offer(listener);
        Assert.Equal(1000, await AskedAsync(host.Guest));
        host.Extensions.Withdraw();
        Assert.Equal(0, await AskedAsync(host.Guest));
    }

    [Fact]
    public async Task A_guest_that_is_connected_again_is_asked_again()
    {
        await using TestHost host = await TestHost.StartAsync(before: h => h.Extensions.Offer(listener));
        Assert.Equal(1000, await AskedAsync(host.Guest));
        host.Guest.Link.Drop();
        Assert.Equal(1000, await AskedAsync(host.Guest));
    }

    [Fact]
    public async Task A_report_that_nobody_asked_for_ends_the_service_of_that_guest_alone()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Guest.Link.SendRaw([14, 0, 0, 0, 1, 0, 0, 0]);
        await host.UntilAsync(connected: false).WaitAsync(FakeGuest.Patience);
    }

    [Fact]
    public async Task Of_a_flood_as_much_is_read_as_was_asked_for_and_the_newest_is_heard()
    {
        var time = new VirtualTimeProvider();
        var uses = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var line = Substitute.For<IGuestLine>();
        line.AskForMemoryReports(Interval).Returns(true);
        line.MemoryReports.Returns(uses.Reader);
        var qube = new TestQube("liar", 3, "");
        var guest = new Guest(qube.Qube, qube.Qube.Machine!, "liar", qube.Qube.Uuid);
        using var end = new CancellationTokenSource();
        Task running = new MemoryReports(new OfferedExtensions(listener), new InlineLoop(), time).RunAsync(guest, line, end.Token);

        for (int i = 0; i < 100_000; i++)
            uses.Writer.TryWrite(i * 1024L);
        uses.Writer.TryWrite(5);
        for (int i = 0; i < ReportPace.Burst; i++)
            uses.Writer.TryWrite(7);
        long last = 0;
        int count = 0;
        for (int turns = 0; last != 7 && turns < 1000; turns++)
        {
            time.Advance(Interval);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            try
            {
                last = await reported.Reader.ReadAsync(patience.Token);
                count++;
            }
            catch (OperationCanceledException)
            {
                // It has not come so far yet.
            }
        }
        Assert.Equal(7, last);
        Assert.InRange(count, 1, ReportPace.Burst + 2);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task<int> AskedAsync(FakeGuest guest) =>
        await guest.Link.Asked.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);

    private async Task<long> ReportedAsync() => await reported.Reader.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);
}
