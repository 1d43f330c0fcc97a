namespace Qubes.Benchmarks.Disposables;

/// <summary>Seconds since it was made, and between laps.</summary>
internal sealed class StageClock
{
    private readonly long begin = TimeProvider.System.GetTimestamp();
    private double lapped;

    public double Whole => TimeProvider.System.GetElapsedTime(begin).TotalSeconds;

    public double Lap()
    {
        var now = Whole;
        var lap = now - lapped;
        lapped = now;
        return lap;
    }
}
