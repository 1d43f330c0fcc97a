using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Tags;

public sealed class TagsTests : BenchTests
{
    [Theory]
    [InlineData("vm0")]
    [InlineData("vm0", "list")]
    [InlineData("vm0", "ls")]
    public async Task Tags_are_listed_one_a_line(params string[] arguments)
    {
        Server.Ok("admin.vm.tag.List+", "vm0", "audiovm-dom0\nblue-team\n");
        Assert.Equal("audiovm-dom0\nblue-team\n", (await Bench.RunAsync("qvm-tags", arguments)).Output);
    }

    [Theory]
    [InlineData("1", 0, "blue-team\n")]
    [InlineData("0", 1, "")]
    public async Task One_tag_is_printed_if_the_qube_has_it(string answer, int code, string output)
    {
        Server.Ok("admin.vm.tag.Get+blue-team", "vm0", answer);
        var result = await Bench.RunAsync("qvm-tags", "vm0", "list", "blue-team");
        Assert.Equal((code, output), (result.Code, result.Output));
    }

    [Theory]
    [InlineData("admin.vm.tag.Set+", "add")]
    [InlineData("admin.vm.tag.Set+", "a")]
    [InlineData("admin.vm.tag.Remove+", "del")]
    [InlineData("admin.vm.tag.Remove+", "d")]
    public async Task Several_tags_are_added_or_deleted_in_order(string call, string action)
    {
        Server.Ok(call + "one", "vm0").Ok(call + "two", "vm0");
        Assert.Equal(0, (await Bench.RunAsync("qvm-tags", "vm0", action, "one", "two")).Code);
        Assert.Equal([$"{call}one dom0 name vm0\0", $"{call}two dom0 name vm0\0"], Server.Requests);
    }

    [Fact]
    public async Task Deleting_a_tag_that_is_not_there_is_no_failure_and_the_next_has_its_turn()
    {
        Server.Refuse("admin.vm.tag.Remove+one", "vm0", "QubesTagNotFoundError", "Tag not set for domain vm0: one");
        Server.Ok("admin.vm.tag.Remove+two", "vm0");
        var result = await Bench.RunAsync("qvm-tags", "vm0", "del", "one", "two");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("1", 0, "one\n")]
    [InlineData("0", 1, "")]
    public async Task A_query_answers_with_its_status(string answer, int code, string output)
    {
        Server.Ok("admin.vm.tag.Get+one", "vm0", answer);
        var result = await Bench.RunAsync("qvm-tags", "vm0", "query", "one");
        Assert.Equal((code, output, ""), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("a TAG is required", "vm0", "add")]
    [InlineData("no such command: 'frob'; one of: list, add, del, query", "vm0", "frob")]
    [InlineData("query takes one TAG", "vm0", "query")]
    [InlineData("list takes one TAG at most", "vm0", "list", "a", "b")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-tags", arguments);
        Assert.Equal((2, $"qvm-tags: error: {reason}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task An_unknown_qube_is_a_wrong_command_line()
    {
        Server.Refuse("admin.vm.tag.List+", "nosuch", "QubesVMNotFoundError", "No such domain: 'nosuch'");
        Assert.Equal(2, (await Bench.RunAsync("qvm-tags", "nosuch")).Code);
    }
}
