using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Tests.Pressure;

/// <summary>How readings become pressure: worse at once, better when it is certain.</summary>
public sealed class PressureJudgeTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PressureJudge judge = new(new() { Low = new(null, 1000 * MiB), High = new(null, 400 * MiB), Stall = 10 });

    private MemoryPressure At(double seconds, long? mib, double? full = 0, bool stalled = false) =>
        judge.Judge(new(8000 * MiB, mib * MiB, full, stalled), Start.AddSeconds(seconds));

    [Fact]
    public void It_gets_worse_at_once()
    {
        Assert.Equal(MemoryPressure.None, At(0, 1000));
        Assert.Equal(MemoryPressure.Tight, At(1, 999));
        Assert.Equal(MemoryPressure.High, At(1.1, 399));
    }

    [Fact]
    public void From_plenty_to_nothing_is_one_step() => Assert.Equal(MemoryPressure.High, At(0, 0));

    [Fact]
    public void It_gets_better_beyond_the_margin_only()
    {
        At(0, 399);
        Assert.Equal(MemoryPressure.High, At(100, 499)); // 400 and a quarter are 500
        Assert.Equal(MemoryPressure.High, At(101, 500));
        Assert.Equal(MemoryPressure.Tight, At(104, 500));
        Assert.Equal(MemoryPressure.Tight, At(200, 1249));
        Assert.Equal(MemoryPressure.Tight, At(201, 1250));
        Assert.Equal(MemoryPressure.None, At(204, 1250));
    }

    [Fact]
    public void It_gets_better_when_that_has_lasted()
    {
        At(0, 100);
        Assert.Equal(MemoryPressure.High, At(1, 5000));
        Assert.Equal(MemoryPressure.High, At(3.9, 5000));
        Assert.Equal(MemoryPressure.None, At(4, 5000));
    }

    [Fact]
    public void What_is_short_again_meanwhile_begins_anew()
    {
        At(0, 100);
        At(1, 5000);
        At(2, 100);
        At(3, 5000);
        Assert.Equal(MemoryPressure.High, At(5.9, 5000));
        Assert.Equal(MemoryPressure.None, At(6, 5000));
    }

    [Fact]
    public void Readings_that_swing_about_a_watermark_change_nothing_after_the_first()
    {
        var seen = Enumerable.Range(0, 1000).Select(i => At(i * 0.25, i % 2 == 0 ? 990 : 1010)).Distinct();

        Assert.Equal([MemoryPressure.Tight], seen);
    }

    [Fact]
    public void That_everything_waits_is_high_pressure_whatever_is_available()
    {
        Assert.Equal(MemoryPressure.None, At(0, 5000, full: 9.99));
        Assert.Equal(MemoryPressure.High, At(1, 5000, full: 10));
        Assert.Equal(MemoryPressure.High, At(60, 5000, full: 5));
        At(61, 5000, full: 4.99);
        Assert.Equal(MemoryPressure.None, At(64, 5000, full: 4.99));
    }

    [Fact]
    public void A_stall_counts_for_a_while()
    {
        Assert.Equal(MemoryPressure.Tight, At(0, 5000, stalled: true));
        Assert.Equal(MemoryPressure.Tight, At(4.9, 5000));
        At(5, 5000);
        Assert.Equal(MemoryPressure.None, At(8, 5000));
    }

    [Fact]
    public void What_is_not_known_counts_as_nothing()
    {
        Assert.Equal(MemoryPressure.None, At(0, null, full: null));
        Assert.Equal(MemoryPressure.High, At(1, null, full: 50));
        Assert.Equal(MemoryPressure.High, At(2, 100, full: null));
    }

    [Fact]
    public void A_large_watermark_has_a_margin_of_256_MiB()
    {
        var large = new PressureJudge(new() { Low = new(null, 8000 * MiB), High = new(null, 7000 * MiB) });
        large.Judge(new(16000 * MiB, 6999 * MiB, 0, false), Start);
        large.Judge(new(16000 * MiB, 8256 * MiB, 0, false), Start.AddSeconds(1));

        Assert.Equal(MemoryPressure.None, large.Judge(new(16000 * MiB, 8256 * MiB, 0, false), Start.AddSeconds(4)));
    }
}
