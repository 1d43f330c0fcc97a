using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Preloading;

public sealed class HistoryTests : BenchTests
{
    private const string Missed = """{"at":"2026-01-02T03:04:05.678+00:00","template":"dvm","kind":"missed"}""";
    private const string Discarded =
        """{"at":"2026-01-02T03:04:06+00:00","template":"dvm","kind":"discarded","qube":"disp7","detail":"first\nsecond"}""";

    [Fact]
    public async Task What_happened_is_a_line_each()
    {
        Bench.Clock = new VirtualTimeProvider();
        Server.Ok("admin.preload.History+", "dom0", Missed + "\n" + Discarded + "\n");
        var result = await Bench.RunAsync("qvm-preload", "history");
        Assert.Equal(
            """
            TIME                 TEMPLATE  EVENT      QUBE   DETAIL
            2026-01-02 03:04:05  dvm       missed     -      
            2026-01-02 03:04:06  dvm       discarded  disp7  first\nsecond

            """,
            result.Output);
    }

    [Fact]
    public async Task One_templates_is_asked_for_and_json_is_passed_on()
    {
        Server.Ok("admin.preload.History+", "dvm", Missed + "\n");
        Assert.Equal(Missed + "\n", (await Bench.RunAsync("qvm-preload", "history", "dvm", "--json")).Output);
    }

    [Fact]
    public async Task A_time_that_is_none_is_a_failure()
    {
        Server.Ok("admin.preload.History+", "dom0", """{"at":"noon","template":"dvm","kind":"missed"}""");
        Assert.Equal(1, (await Bench.RunAsync("qvm-preload", "history")).Code);
    }
}
