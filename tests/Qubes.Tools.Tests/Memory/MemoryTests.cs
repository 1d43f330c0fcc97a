using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Memory;

public sealed class MemoryTests : BenchTests
{
    private const string Host =
        """{"host":"dom0","pressure":"tight","total":8589934592,"used":1073741824,"preferred":1,"free":3,"reserve":52428800,"available":209715200,"claimed":104857600,"waiting":1,"orders":2,"shrinks":3,"clients":0,"later":true}""";

    private const string Work =
        """{"qube":"work","state":"balanced","claimed":115343360,"used":104857600,"preferred":136314880,"current":262144000,"target":262144000,"most":1048576000,"resident":314572800}""";

    private const string Silent = """{"qube":"silent","state":"\u001b[1mfixed","current":104857600,"most":0,"resident":52428800}""";

    public MemoryTests() => Server.Ok("admin.vm.List+", "dom0", "dom0 class=AdminVM state=Running\nwork class=AppVM state=Running\nsilent class=AppVM state=Running\n");

    [Fact]
    public async Task Host_and_qubes_are_shown()
    {
        Server.Ok("admin.memory.Status+", "dom0", $"{Host}\n{Work}\n{Silent}\n");
        var lines = await LinesAsync();
        Assert.Equal("dom0: uses 1024 of 8192 MiB, 200 MiB left for new qubes, pressure tight", lines[0]);
        Assert.Equal("under way: 2 changes, 3 shrinks, claims of 100 MiB, and 1 that wait", lines[1]);
        Assert.Equal(["work", "balanced", "100", "130", "250", "250", "1000", "300"], Cells(lines[3]));
        Assert.Equal(["silent", @"\x1b[1mfixed", "-", "-", "100", "-", "-", "50"], Cells(lines[4]));
    }

    [Fact]
    public async Task Who_is_named_is_shown_alone()
    {
        Server.Ok("admin.vm.List+", "work", "work class=AppVM state=Running\n");
        Server.Ok("admin.memory.Status+", "dom0", $"{Host}\n{Work}\n{Silent}\n");
        Assert.Equal(["NAME", "work"], (await LinesAsync("work")).Select(line => Cells(line)[0]));
    }

    [Fact]
    public async Task Json_is_handed_on_as_it_came()
    {
        Server.Ok("admin.memory.Status+", "dom0", $"{Host}\n{Work}\n{Silent}\n");
        Assert.Equal($"{Host}\n{Work}\n{Silent}\n", (await Bench.RunAsync("qvm-memory", "--json")).Output);
        Assert.Equal($"{Work}\n", (await Bench.RunAsync("qvm-memory", "--json", "--all", "--exclude", "silent")).Output);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"host":"dom0"}""")]
    [InlineData("""{"qube":"work","state":"balanced","current":"1","most":0,"resident":0}""")]
    public async Task An_answer_that_is_none_is_a_failure(string answer)
    {
        Server.Ok("admin.memory.Status+", "dom0", answer);
        var result = await Bench.RunAsync("qvm-memory");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.StartsWith("qvm-memory: error: a line of the answer to admin.memory.Status ", result.Error);
    }

    [Fact]
    public async Task An_unknown_qube_is_a_wrong_command_line()
    {
        Server.Refuse("admin.vm.List+", "nosuch", "QubesVMNotFoundError", "No such domain: 'nosuch'");
        var result = await Bench.RunAsync("qvm-memory", "nosuch");
        Assert.Equal((2, "qvm-memory: error: no such domain: 'nosuch'\n"), (result.Code, result.Error));
    }

    private async Task<string[]> LinesAsync(params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-memory", arguments);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
