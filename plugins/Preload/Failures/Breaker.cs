using System.Globalization;

namespace Qubes.Plugins.Preload.Failures;

/// <summary>
/// Keeps a template whose preloads fail from costing the host a start after the other: after each failure in a row the next try
/// waits twice as long, and one success ends that. Used on the kernel loop.
/// </summary>
internal sealed class Breaker(TimeProvider time, Random random)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>How many tries in a row failed; several started side by side count as one.</summary>
    public int Failures { get; private set; }

    /// <summary>The last failure, also after a success; null: never.</summary>
    public StartFailure? Last { get; private set; }

    /// <summary>Before that nothing is started.</summary>
    public DateTimeOffset NextTry { get; private set; }

    public BreakerState State => Failures switch
    {
        0 => BreakerState.Closed,
        _ when MayTry => BreakerState.HalfOpen,
        < FailuresToOpen => BreakerState.BackingOff,
        _ => BreakerState.Open,
    };

    /// <summary>Whether one may be started now.</summary>
    public bool MayTry => Failures == 0 || time.GetUtcNow() >= NextTry;

    /// <summary>How long until the next try; 0 or more, in whole milliseconds, which timers count: after it one may be tried.</summary>
    public TimeSpan Wait => MayTry ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling((NextTry - time.GetUtcNow()).TotalMilliseconds));

    /// <summary>For people, one line; null: all is well.</summary>
    public string? Message => Last is not { } last || Failures == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"{Count} failed, the last at {last.At:HH:mm:ss} UTC ({last.Kind}): {last.Reason}; next try {Next}");

    private string Count => Failures == 1 ? "1 start" : $"{Failures} starts in a row";

    private string Next => MayTry ? "now" : string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(Wait.TotalSeconds)} s");

    /// <summary>Notes a failure.</summary>
    /// <param name="failuresAtStart">What <see cref="Failures"/> was when that start began.</param>
    /// <param name="failure">What happened.</param>
    public void Fail(int failuresAtStart, StartFailure failure)
    {
        Last = failure;
        if (failuresAtStart < Failures)
            return;
        Failures++;
        // Between half of it and all of it, so that templates that failed together are not tried together.
        var most = FirstWait * Math.Pow(2, Math.Min(Failures - 1, 20));
        NextTry = failure.At + (most < LongestWait ? most : LongestWait) * (0.5 + random.NextDouble() / 2);
    }

    /// <summary>One has become ready; that says nothing of those that failed since it began.</summary>
    /// <param name="failuresAtStart">What <see cref="Failures"/> was when that start began.</param>
    public void Succeed(int failuresAtStart)
    {
        if (failuresAtStart >= Failures)
            Close();
    }

    /// <summary>What made them fail has probably changed: the next one is started at once.</summary>
    public void Close() => Failures = 0;
}
