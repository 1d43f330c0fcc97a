namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>
/// Holds up one guest that calls faster than anyone means to: a burst is free, more than the steady rate waits. The guest's own
/// control connection is not read meanwhile, so that nothing piles up and nobody else notices.
/// </summary>
internal sealed class CallPace(TimeProvider time)
{
    /// <summary>Calls that may come at once.</summary>
    public const int Burst = 256;

    /// <summary>Calls per second after that.</summary>
    public const int Rate = 200;

    private double left = Burst;
    private long last = time.GetTimestamp();

    /// <summary>The calls that are being made; counted with <see cref="Interlocked"/>.</summary>
    public int Pending;

    /// <summary>Returns when the next call may come. One at a time.</summary>
    public async ValueTask KeepAsync(CancellationToken cancel)
    {
        Refill();
        if (left < 1)
        {
            await Task.Delay(TimeSpan.FromSeconds((1 - left) / Rate), time, cancel);
            Refill();
        }
        left--;
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        left = Math.Min(Burst, left + time.GetElapsedTime(last, now).TotalSeconds * Rate);
        last = now;
    }
}
