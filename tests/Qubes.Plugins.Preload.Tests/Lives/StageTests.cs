using Qubes.Plugins.Preload.Lives;
using static Qubes.Plugins.Preload.Lives.PreloadStage;

namespace Qubes.Plugins.Preload.Tests.Lives;

public sealed class StageTests
{
    [Fact]
    public void Every_step_of_the_specs_table_is_there_and_no_other()
    {
        var allowed = new HashSet<(PreloadStage, PreloadStage)>
        {
            (Created, Starting), (Starting, Operational), (Operational, Paused), // T2, T3, T4
            (Created, Requested), (Starting, Requested), (Operational, Requested), // T5
            (Paused, Requested), (Requested, Connecting), (Paused, Connecting), (Connecting, Used), // T6, T7, T8
            (Created, Discarded), (Starting, Discarded), (Operational, Discarded), (Paused, Discarded), (Requested, Discarded), // T9, T10
            (Connecting, Discarded), // its network did not come up, or it ended meanwhile
        };
        foreach (var from in Enum.GetValues<PreloadStage>())
        {
            foreach (var to in Enum.GetValues<PreloadStage>())
                Assert.Equal(allowed.Contains((from, to)), from.MayBecome(to));
        }
    }

    [Fact]
    public void The_queue_holds_those_that_nobody_asked_for() =>
        Assert.Equal([Created, Starting, Operational, Paused], Enum.GetValues<PreloadStage>().Where(s => s.IsQueued()));
}
