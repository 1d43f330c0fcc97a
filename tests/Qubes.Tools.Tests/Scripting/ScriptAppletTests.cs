using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Scripting;

public sealed class ScriptAppletTests : BenchTests
{
    private const string Fine =
        """{"name":"burst","path":"/usr/share/qubes/scripts/burst.csx","state":"active","offers":["policy burst"],"faults":0,"new":1}""";

    private const string Ill =
        """{"name":"own","path":"/etc/qubes/scripts/own.csx","state":"malfunctioned","message":"/etc/qubes/scripts/own.csx:2:9: no\u001b[2J","offers":[],"faults":3}""";

    [Fact]
    public async Task All_are_listed_with_what_is_wrong()
    {
        Server.Ok("admin.script.List+", "dom0", Fine + "\n" + Ill + "\n");
        Assert.Equal(
            """
            NAME   STATE          FAULTS  OFFERS
            burst  active         0       policy burst
            own    malfunctioned  3       -
            own: /etc/qubes/scripts/own.csx:2:9: no\x1b[2J

            """,
            (await Bench.RunAsync("qubes-script", "list")).Output);
    }

    [Fact]
    public async Task Lines_of_json_are_passed_on()
    {
        Server.Ok("admin.script.List+", "dom0", Fine + "\n");
        Assert.Equal([Fine], (await Bench.RunAsync("qubes-script", "list", "--json")).Lines);
    }

    [Fact]
    public async Task An_answer_that_is_none_is_a_failure()
    {
        Server.Ok("admin.script.List+", "dom0", "{}");
        Assert.Equal(1, (await Bench.RunAsync("qubes-script", "list")).Code);
    }

    [Fact]
    public async Task Scripts_are_enabled_one_after_the_other()
    {
        Server.Ok("admin.script.Enable+burst", "dom0").Ok("admin.script.Enable+office-hours", "dom0");
        Assert.Equal(0, (await Bench.RunAsync("qubes-script", "enable", "burst", "office-hours")).Code);
    }

    [Fact]
    public async Task Errors_of_a_script_that_is_checked_are_shown_and_make_it_a_failure()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "nonsense");
        try
        {
            Server.Ok($"admin.script.Check+{Path.GetFileNameWithoutExtension(file)}", "dom0", "own.csx:1:1: no such name\n");
            var result = await Bench.RunAsync("qubes-script", "check", file);
            Assert.Equal((1, "own.csx:1:1: no such name\n"), (result.Code, result.Output));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_failure() =>
        Assert.Equal(1, (await Bench.RunAsync("qubes-script", "check", "/does/not/exist.csx")).Code);
}
