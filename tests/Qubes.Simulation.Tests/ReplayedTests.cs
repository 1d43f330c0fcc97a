using Qubes.Simulation.Replay;
using Qubes.Simulation.Results;
using Qubes.Simulation.Traces;

namespace Qubes.Simulation.Tests;

/// <summary>The figures.</summary>
public sealed class ReplayedTests
{
    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Memory_is_what_preloads_had_times_how_long()
    {
        var replayed = new Replayed("p", S(600), gibEach: 0.5);
        replayed.Hold(S(-100), S(10), 3);
        replayed.Hold(S(10), S(250), 2);
        replayed.Hold(S(250), S(500), 0);
        replayed.Hold(S(590), S(700), 1);

        // 30 + 480 + 10 of half a GiB each.
        Assert.Equal(260, replayed.GibSeconds, 6);
        Assert.Equal(520 / 600.0, replayed.MeanHeld, 6);
        Assert.Equal((3, 2, 0, 1), (replayed.Held[0], replayed.Held[1], replayed.Held[40], replayed.Held[59]));
    }

    [Fact]
    public void Waits_are_of_those_that_were_served_and_hits_of_all()
    {
        var replayed = new Replayed("p", S(100), 1);
        for (var i = 1; i <= 98; i++)
            replayed.Add(S(i), Outcome.Ready, S(0));
        replayed.Add(S(99), Outcome.Awaited, S(2));
        replayed.Add(S(99), Outcome.Made, S(5));
        replayed.Add(S(99), Outcome.Failed, S(0));

        Assert.Equal((0, 2, 5), (replayed.Wait(0.5), replayed.Wait(0.99), replayed.Wait(1)));
        Assert.Equal(99 / 101.0, replayed.HitRate, 6);
        Assert.Equal((101, 3), (replayed.Requests, replayed.Waited[59]));
    }

    [Fact]
    public void A_trace_of_one_moment_has_figures_too()
    {
        var replayed = new Replayed("p", TimeSpan.Zero, 1);
        replayed.Add(default, Outcome.Made, S(3));
        replayed.Hold(S(-5), S(5), 2);
        Assert.Equal((3, 0, 0), (replayed.Wait(0.5), replayed.GibSeconds, replayed.HitRate));
    }

    [Fact]
    public void Chart_and_table_show_each_policy()
    {
        var trace = new Trace(new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero), [new(S(0), "dvm"), new(S(599), "dvm")], S(600));
        var replayed = new Replayed("adaptive", S(600), 1);
        replayed.Add(S(0), Outcome.Ready, S(0));
        replayed.Add(S(599), Outcome.Made, S(4));
        replayed.Hold(S(0), S(300), 2);
        using var text = new StringWriter { NewLine = "\n" };

        ResultTable.Write(text, [replayed]);
        ResultChart.Write(text, trace, [replayed]);

        var half = new string('█', 30) + new string(' ', 30);
        Assert.Equal(
            $"""
            POLICY    REQUESTS  READY  AWAITED  MADE  FAILED   HITS  P50_S  P99_S  MOST_S  PRELOADS  GIB_SECONDS
            adaptive         2      1        0     1       0  50.0%   0.00   4.00    4.00      1.00          600
            requests           |█{new string(' ', 58)}█| 1
            adaptive: preloads |{half}| 2
            adaptive: waited   |{new string(' ', 59)}█| 1
                                01-31 08:00                                      01-31 08:10

            """,
            text.ToString());
    }
}
