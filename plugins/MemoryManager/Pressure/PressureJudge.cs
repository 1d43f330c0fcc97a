using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>
/// Makes of readings how short of memory the host is. It gets worse at once; it gets better when there is clearly more than the
/// watermark, and that has lasted.
/// </summary>
internal sealed class PressureJudge(PressureOptions options)
{
    /// <summary>So long it must have been better.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>So long a stall that the kernel told of counts.</summary>
    public static readonly TimeSpan StallCounts = TimeSpan.FromSeconds(5);

    /// <summary>Clearly more: a quarter of the watermark above it, and no more than that.</summary>
    public const long MostMargin = 256L << 20;

    private DateTimeOffset? stalled;
    private DateTimeOffset? betterSince;

    public MemoryPressure Current { get; private set; }

    public MemoryPressure Judge(PressureReading reading, DateTimeOffset now)
    {
        if (reading.HasStalled)
            stalled = now;
        var (worst, least) = (Level(reading, now, isLeaving: false), Level(reading, now, isLeaving: true));
        var next = worst >= Current ? worst : least >= Current ? Current : least;
        if (next >= Current)
        {
            betterSince = null;
            return Current = next;
        }
        betterSince ??= now;
        if (now - betterSince >= Settling)
            (Current, betterSince) = (next, null);
        return Current;
    }

    // One is left only beyond its margin, so the level by which it is left is never below that by which it is entered.
    private MemoryPressure Level(PressureReading reading, DateTimeOffset now, bool isLeaving)
    {
        var stall = isLeaving ? options.Stall / 2 : options.Stall;
        if (reading.Full >= stall || IsBelow(options.High))
            return MemoryPressure.High;
        return now - stalled < StallCounts || IsBelow(options.Low) ? MemoryPressure.Tight : MemoryPressure.None;

        bool IsBelow(Watermark mark)
        {
            var bytes = mark.Of(reading.Total);
            return reading.Available < (isLeaving ? bytes + Math.Min(bytes / 4, MostMargin) : bytes);
        }
    }
}
