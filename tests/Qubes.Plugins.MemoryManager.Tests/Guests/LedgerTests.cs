using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Tests.Guests;

public sealed class LedgerTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Ledger ledger = new(new MemoryOptions());

    [Fact]
    public void Sums_are_those_of_all_guests_whatever_happens_to_them() => Check.QuickThrowOnFailure(Prop.ForAll((int seed) =>
    {
        var random = new Random(seed);
        var all = new Ledger(new MemoryOptions());
        var guests = Enumerable.Range(1, 8).Select(i => new Guest($"g{i}", i, i == 8 ? 0 : 2000 * MiB, 400 * MiB) { IsShared = i == 7 }).ToList();
        guests.ForEach(all.Add);
        var now = Start;
        for (var i = 0; i < 200; i++)
        {
            var guest = guests[random.Next(guests.Count)];
            now += TimeSpan.FromSeconds(random.NextDouble() * 2);
            Do(all, guest, random, now);
        }
        all.TakeChanges(now);

        var there = guests.Where(g => !g.IsGone).ToList();
        var members = there.Where(g => g.IsMember).ToList();
        Assert.Equal(
            (members.Sum(g => g.Preferred), members.Sum(g => g.Actual), members.Sum(g => g.Shortage), members.Sum(g => g.Surplus), members.Sum(g => g.Need)),
            (all.Preferred, all.Actual, all.Shortage, all.Surplus, all.Need));
        Assert.Equal(
            (there.Sum(g => g.Resident), there.Sum(g => g.Untouched), there.Sum(g => g.Incoming)), (all.Resident, all.Untouched, all.Incoming));
        Assert.Equal(members.Where(g => g.Surplus > 0 && !g.IsResting).OrderByDescending(g => g.Rank).Select(g => g.Rank), all.Donors.Select(g => g.Rank));
        Assert.Equal(members.Where(g => g.Shortage > 0 && (!g.IsResting || g.Need > 0)).OrderBy(g => g.Turn), all.Waiting);
    }));

    [Fact]
    public void Who_floods_is_heard_once_in_a_decision()
    {
        var guest = Add(1);
        ledger.TakeChanges(Start);
        for (var i = 0; i < 1000; i++)
            ledger.Say(guest, i * MiB);

        Assert.Equal(1, ledger.TakeChanges(Start));
        Assert.Equal(999 * MiB, guest.Used);
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(long.MaxValue, 2000L)]
    public void What_cannot_be_is_not_believed(long said, long? usedMiB)
    {
        var guest = Add(1);
        ledger.Say(guest, said);
        ledger.TakeChanges(Start);

        Assert.Equal(usedMiB * MiB, guest.Used);
    }

    [Fact]
    public void A_guest_that_does_not_follow_is_left_out_for_longer_each_time()
    {
        var guest = Add(1);
        ledger.Say(guest, 100 * MiB);
        var now = Start;
        ledger.TakeChanges(now);
        foreach (var seconds in new[] { 30, 60, 120 })
        {
            ledger.Retarget(guest, 200 * MiB, now);
            now += TimeSpan.FromSeconds(3);
            ledger.Measure(guest, 400 * MiB, 0, now);
            Assert.Equal(Trouble.NoProgress, guest.Trouble);
            ledger.TakeChanges(now + TimeSpan.FromSeconds(seconds - 1));
            Assert.False(guest.IsMember);
            now += TimeSpan.FromSeconds(seconds);
            ledger.TakeChanges(now);
            Assert.True(guest.IsMember);
        }
    }

    [Fact]
    public void A_slow_guest_is_still_counted_but_nobody_waits_for_what_it_gives()
    {
        var guest = Add(1);
        ledger.Say(guest, 50 * MiB);
        ledger.TakeChanges(Start);
        ledger.Retarget(guest, 200 * MiB, Start);
        Assert.Equal(200 * MiB, ledger.Incoming);

        ledger.Measure(guest, 350 * MiB, 0, Start.AddSeconds(3));

        Assert.Equal((Trouble.Slow, true, 0L), (guest.Trouble, guest.IsMember, ledger.Incoming));
    }

    [Fact]
    public void A_booting_guest_counts_with_what_it_was_started_with_until_its_balloon_is_filled_once()
    {
        var guest = Add(1);
        guest.FilledBy = Start.AddSeconds(60);

        ledger.Measure(guest, 2000 * MiB, 30 * MiB, Start);
        Assert.Equal(370 * MiB, ledger.Untouched);

        ledger.Measure(guest, 400 * MiB, 100 * MiB, Start.AddSeconds(2));
        ledger.Measure(guest, 900 * MiB, 100 * MiB, Start.AddSeconds(3));
        Assert.Equal(800 * MiB, ledger.Untouched);
    }

    [Fact]
    public void A_guest_that_is_given_another_target_is_believed_what_is_measured()
    {
        var guest = Add(1);
        guest.FilledBy = Start.AddSeconds(60);

        ledger.Retarget(guest, 1000 * MiB, Start);
        ledger.Measure(guest, 1000 * MiB, 0, Start.AddSeconds(1));

        Assert.Equal((1000 * MiB, null), (guest.Current, guest.Movement));
    }

    [Fact]
    public void A_guest_that_never_fills_its_balloon_counts_with_all_that_it_may_take()
    {
        var guest = Add(1);
        guest.FilledBy = Start.AddSeconds(60);

        ledger.Measure(guest, 2000 * MiB, 30 * MiB, Start.AddSeconds(60));

        Assert.Equal(1970 * MiB, ledger.Untouched);
    }

    private static void Do(Ledger all, Guest guest, Random random, DateTimeOffset now)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                all.Say(guest, random.NextInt64(-10, 3000) * MiB);
                break;
            case 2 or 3:
                all.Measure(guest, random.NextInt64(0, 2000) * MiB, random.NextInt64(0, 2000) * MiB, now);
                break;
            case 4 or 5 when guest is { Most: > 0, IsGone: false }:
                all.Retarget(guest, random.NextInt64(1, 2000) * MiB, now);
                break;
            case 6:
                all.Change(guest, g => g.IsPaused = !g.IsPaused);
                break;
            case 7:
                all.TakeChanges(now);
                break;
            case 8 when random.Next(20) == 0:
                all.Remove(guest);
                break;
        }
    }

    private Guest Add(int id)
    {
        var guest = new Guest($"g{id}", id, 2000 * MiB, 400 * MiB);
        ledger.Add(guest);
        return guest;
    }
}
