using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Shrinking;

/// <summary>Has single guests give memory back (spec: qmemman, section 6), each by itself. Used on the kernel loop.</summary>
internal sealed class Shrinker(Ledger ledger, Orders orders, Measuring measuring, TimeProvider time)
{
    /// <summary>A shrink ends by then, however steady it is; ours, upstream has none.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private const double NearEnough = 1.1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Shrinks that have not ended.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The guest is left alone from now on until it is let go (<see cref="LetGo"/>).</summary>
    /// <param name="guest">Which.</param>
    /// <param name="bytes">What it is to have; null: what it prefers to have.</param>
    /// <param name="cancel">Gives up at once; the guest keeps what it still has.</param>
    public async Task<ShrinkOutcome> ShrinkAsync(Guest guest, long? bytes, CancellationToken cancel)
    {
        ledger.Change(guest, g =>
        {
            g.Holds++;
            if (g.Trouble == Trouble.NoProgress)
                g.Trouble = Trouble.None;
        });
        if (guest.Most == 0 || (bytes is null && guest is { Used: null, Said: null }))
            return ShrinkOutcome.NotBalanced;
        UnderWay++;
        try
        {
            return await FollowAsync(guest, bytes, cancel);
        }
        catch (OperationCanceledException)
        {
            Keep(guest);
            throw;
        }
        finally
        {
            UnderWay--;
        }
    }

    /// <summary>It is balanced like any other again.</summary>
    public void LetGo(Guest guest) => ledger.Change(guest, g => g.Holds--);

    private async Task<ShrinkOutcome> FollowAsync(Guest guest, long? bytes, CancellationToken cancel)
    {
        var progress = new ShrinkProgress(time.GetUtcNow());
        while (await measuring.MeasureAsync(guest, cancel) && !guest.IsGone)
        {
            ledger.Hear(guest);
            var goal = Math.Clamp(bytes ?? guest.Preferred, 1, guest.Most);
            if (Math.Round((double)guest.Current / goal, 2) <= NearEnough)
                return ShrinkOutcome.Done;
            if (guest.Trouble == Trouble.NoProgress || progress.IsStalled(guest.Current, time.GetUtcNow()))
                break;
            if (guest.LastTarget != goal)
            {
                ledger.Retarget(guest, goal, time.GetUtcNow());
                orders.Send(guest);
            }
            await Task.Delay(Pause, time, cancel);
        }
        Keep(guest);
        return ShrinkOutcome.Stalled;
    }

    private void Keep(Guest guest)
    {
        if (guest.IsGone || guest.LastTarget is null || guest.Given >= guest.Current)
            return;
        ledger.Retarget(guest, Math.Min(guest.Current, guest.Most), time.GetUtcNow());
        orders.Send(guest);
    }
}
