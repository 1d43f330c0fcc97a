using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.MemoryTemplates;

public sealed class MemoryTemplateTests : BenchTests
{
    private const string Ready =
        """{"template":"dvm","state":"ready","key":"0123456789ab","bytes":104857600,"made":"2026-01-01T00:00:00Z","memory":"shared","reserve":1,"copies":7,"failures":0,"later":true}""";

    private const string Refused =
        """{"template":"dvm2","state":"refused","reason":"no \u001b[1mentropy","memory":"private","reserve":0,"copies":0,"failures":1}""";

    [Fact]
    public async Task The_list_is_a_row_for_each_and_a_line_for_what_is_wrong()
    {
        Server.Ok("admin.memorytemplate.Status+", "dom0", Ready + "\n" + Refused + "\n");
        var result = await Bench.RunAsync("qvm-memory-template", "list");
        Assert.Equal(0, result.Code);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Equal(["dvm", "ready", "0123456789ab", "100", "2026-01-01T00:00:00Z", "shared", "1", "7", "0"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("dvm2: no ", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Fact]
    public async Task Json_is_handed_on_as_it_came()
    {
        Server.Ok("admin.memorytemplate.Status+", "dvm", Ready + "\n");
        Assert.Equal(Ready + "\n", (await Bench.RunAsync("qvm-memory-template", "list", "--json", "dvm")).Output);
    }

    [Theory]
    [InlineData("admin.memorytemplate.Build+ dvm name dvm\0", "build", "dvm")]
    [InlineData("admin.memorytemplate.Build+wait dvm name dvm\0", "build", "--wait", "dvm")]
    [InlineData("admin.memorytemplate.Discard+ dvm name dvm\0", "discard", "dvm")]
    public async Task Commands_are_methods(string expected, params string[] arguments)
    {
        expected = expected.Replace(" dvm name", " dom0 name", StringComparison.Ordinal);
        Server.Answer(expected, "0\0");
        Assert.Equal(0, (await Bench.RunAsync("qvm-memory-template", arguments)).Code);
        Assert.Equal(expected, Assert.Single(Server.Requests));
    }

    [Fact]
    public async Task Whoever_waits_in_vain_is_told_why()
    {
        Server.Refuse("admin.memorytemplate.Build+wait", "dvm", "QubesException", "No memory template of 'dvm' could be made: no room");
        Server.Ok("admin.memorytemplate.Build+wait", "dvm2");
        var result = await Bench.RunAsync("qvm-memory-template", "build", "--wait", "dvm", "dvm2");
        Assert.Equal((1, "qvm-memory-template: error: No memory template of 'dvm' could be made: no room\n"), (result.Code, result.Error));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task A_line_that_is_none_is_a_failure()
    {
        Server.Ok("admin.memorytemplate.Status+", "dom0", """{"template":"dvm"}""");
        Assert.Equal(1, (await Bench.RunAsync("qvm-memory-template", "list")).Code);
    }

    [Fact]
    public async Task A_command_is_required() => Assert.Equal(2, (await Bench.RunAsync("qvm-memory-template")).Code);
}
