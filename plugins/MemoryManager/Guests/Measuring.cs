using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Measures machines: one that says something, at most every second, and all of them in turn. Used on the kernel loop.</summary>
internal sealed class Measuring(Ledger ledger, BackgroundWork background, TimeProvider time)
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EachAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DoubtedAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Guest, DateTimeOffset> last = [];
    private Queue<Guest> round = [];
    private int underWay;

    /// <summary>Measures it soon, where that was not just done and few others are being measured.</summary>
    public void Ask(Guest guest)
    {
        var now = time.GetUtcNow();
        if (underWay >= AtOnce || (last.TryGetValue(guest, out var at) && now - at < (guest.IsDoubted ? DoubtedAgain : EachAgain)))
            return;
        last[guest] = now;
        underWay++;
        background.Start($"measuring '{guest.Name}'", async c =>
        {
            try
            {
                await MeasureAsync(guest, c);
            }
            finally
            {
                underWay--;
            }
        });
    }

    /// <summary>Goes on through all guests, so that each is measured once in a round; called every second.</summary>
    public void GoOn()
    {
        if (round.Count == 0)
            round = new(ledger.Guests);
        for (var i = Math.Ceiling(round.Count / Round.TotalSeconds); i > 0 && round.TryDequeue(out var guest); i--)
        {
            if (!guest.IsGone)
                Ask(guest);
        }
    }

    public void Forget(Guest guest) => last.Remove(guest);

    /// <summary>False: it could not be measured within its deadline.</summary>
    public async Task<bool> MeasureAsync(Guest guest, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var usage = await guest.Machine!.MeasureAsync(either.Token).WaitAsync(either.Token);
            var current = usage.MemoryKiB * 1024;
            // What a driver cannot tell is taken for touched: the host's own figures show then what is free.
            var resident = usage.Host is { } host ? host.ProportionalKiB * 1024 : current;
            ledger.Measure(guest, current, resident, time.GetUtcNow());
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is QubesException or OperationCanceledException)
        {
            return false; // it ends, or its hypervisor does not answer: its next order says so
        }
    }
}
