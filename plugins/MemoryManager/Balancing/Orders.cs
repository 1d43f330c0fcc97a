using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>
/// Sends guests their targets and sees whether they follow: a task for each guest, one at a time, each with deadlines of its own, so that
/// none waits for another. A newer target takes the place of the one that is followed. Used on the kernel loop.
/// </summary>
internal sealed class Orders(Ledger ledger, Measuring measuring, BackgroundWork background, TimeProvider time, ILogger<Orders> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    /// <summary>Guests that are being asked, or are following.</summary>
    public int InFlight { get; private set; }

    /// <summary>The target is the ledger's.</summary>
    public void Send(Guest guest)
    {
        if (!guest.IsOrdering)
            background.Start($"changing the memory of '{guest.Name}'", c => FollowAsync(guest, c));
    }

    private async Task FollowAsync(Guest guest, CancellationToken cancel)
    {
        guest.IsOrdering = true;
        InFlight++;
        try
        {
            while (guest is { IsGone: false, LastTarget: { } target } && await SetAsync(guest, target, cancel))
            {
                for (var pause = FirstLook; guest is { IsGone: false, Movement: not null } && guest.LastTarget == target; pause = Longer(pause))
                {
                    await Task.Delay(pause, time, cancel);
                    if (!await measuring.MeasureAsync(guest, cancel))
                        ledger.GiveUpOn(guest, time.GetUtcNow());
                }
                if (guest.Trouble == Trouble.NoProgress)
                    Log.NoProgress(log, guest.Name);
                if (guest.LastTarget == target || guest.Trouble == Trouble.NoProgress)
                    return;
            }
        }
        finally
        {
            guest.IsOrdering = false;
            InFlight--;
        }
    }

    private async Task<bool> SetAsync(Guest guest, long target, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            await guest.Machine!.SetMemoryAsync(target, either.Token).WaitAsync(either.Token);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is QubesException or OperationCanceledException)
        {
            Log.NotOrdered(log, guest.Name, e is QubesException ? e.Message : $"its hypervisor did not answer within {Deadline.TotalSeconds} s");
            ledger.GiveUpOn(guest, time.GetUtcNow());
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LastLook ? pause * 2 : LastLook;
}
