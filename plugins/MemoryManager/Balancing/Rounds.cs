using System.Threading.Channels;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>
/// Has decisions made: soon after something changed, again and again while something is left to do, and now and then for what the host
/// itself takes. Used on the kernel loop.
/// </summary>
internal sealed class Rounds(
    Balancer balancer, Ledger ledger, ClaimBook claims, IHostMemory host, HostShare share, Orders orders, Measuring measuring,
    BalanceSwitch off, AvailableFile file, BackgroundWork background, TimeProvider time)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Start()
    {
        ledger.Changed += Wake;
        claims.Changed += Wake;
        background.Start("balancing", RunAsync);
        background.Start("measuring", BeatAsync);
    }

    /// <summary>Decides now, without waiting for what else may change.</summary>
    public void DecideNow()
    {
        if (host.Read() is not { } reading)
        {
            claims.GrantAll(); // nobody can say that there is too little
            return;
        }
        var isOff = off.IsOff;
        foreach (var order in balancer.Decide(reading, time.GetUtcNow(), isForClaimsAlone: isOff))
            orders.Send(order.Guest);
        if (!isOff)
            file.Write(share.AvailableOf(reading));
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await wake.Reader.ReadAsync(cancel);
            await Task.Delay(Soon, time, cancel);
            DecideNow();
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        using var beat = new PeriodicTimer(Beat, time);
        while (await beat.WaitForNextTickAsync(cancel))
        {
            measuring.GoOn();
            DecideNow();
        }
    }

    private void Wake() => wake.Writer.TryWrite(true);
}
