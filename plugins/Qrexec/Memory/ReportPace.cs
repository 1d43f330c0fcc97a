namespace Qubes.Plugins.Qrexec.Memory;

/// <summary>
/// How often a guest's reports are looked at: as often as it was asked to report, with a few ahead for one that has to say that it runs
/// short. What it sends beside is replaced by the next before anybody reads it.
/// </summary>
internal sealed class ReportPace(TimeSpan interval, TimeProvider time)
{
    /// <summary>Reports that may come at once.</summary>
    public const int Burst = 3;

    private double left = Burst;
    private long last = time.GetTimestamp();

    /// <summary>Returns when the next report may be looked at. One at a time.</summary>
    public async ValueTask KeepAsync(CancellationToken cancel)
    {
        Refill();
        if (left < 1)
        {
            await Task.Delay((1 - left) * interval, time, cancel);
            Refill();
        }
        left--;
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        left = Math.Min(Burst, left + time.GetElapsedTime(last, now) / interval);
        last = now;
    }
}
