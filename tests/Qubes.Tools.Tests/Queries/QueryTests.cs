using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Queries;

public sealed class QueryTests : BenchTests
{
    [Fact]
    public async Task The_raw_answer_is_written_its_kind_and_NULs_included()
    {
        Server.Answer("admin.vm.tag.Get+a work name vm0\0", "0\01");
        var result = await Bench.RunAsync("qubesd-query", "-e", "work", "admin.vm.tag.Get", "vm0", "a");
        Assert.Equal((0, "0\01", ""), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task Standard_input_is_the_payload()
    {
        Server.Answer("admin.vm.feature.Set+f dom0 name vm0\0some\nvalue", "0\0");
        Bench.Input = "some\nvalue";
        Assert.Equal("0\0", (await Bench.RunAsync("qubesd-query", "dom0", "admin.vm.feature.Set", "vm0", "f")).Output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, "--fail")]
    public async Task A_refusal_is_written_too_and_fails_if_asked_for(int code, params string[] options)
    {
        Server.Answer("admin.vm.List+ dom0 name vm0\0", "2\0PermissionDenied\0\0no\0");
        var result = await Bench.RunAsync("qubesd-query", [.. options, "-e", "dom0", "admin.vm.List", "vm0"]);
        Assert.Equal((code, "2\0PermissionDenied\0\0no\0"), (result.Code, result.Output));
    }

    [Fact]
    public async Task An_answer_of_nothing_fails_if_asked_for()
    {
        Server.Answer("admin.vm.List+ dom0 name vm0\0", "");
        var result = await Bench.RunAsync("qubesd-query", "--fail", "-e", "dom0", "admin.vm.List", "vm0");
        Assert.Equal((1, ""), (result.Code, result.Output));
    }

    [Theory]
    [InlineData("a b", "admin.vm.List", "vm0")]
    [InlineData("dom0", "admin.vm.List\n", "vm0")]
    [InlineData("dom0", "admin.vm.List", "caf\u00e9")]
    public async Task Words_that_would_change_the_header_are_refused(params string[] words)
    {
        var result = await Bench.RunAsync("qubesd-query", ["-e", .. words]);
        Assert.Equal(2, result.Code);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_payload_that_is_too_long_is_refused()
    {
        Bench.Input = new string('x', 65536);
        var result = await Bench.RunAsync("qubesd-query", "dom0", "admin.vm.List", "vm0");
        Assert.Equal((1, "qubesd-query: error: the request is longer than 65536 bytes\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_socket_where_nobody_listens_is_named()
    {
        var result = await Bench.RunAsync("qubesd-query", "-e", "-c", Bench.Root + "/none", "dom0", "admin.vm.List", "vm0");
        Assert.Equal(1, result.Code);
        Assert.StartsWith($"qubesd-query: error: cannot talk to qubesd at {Bench.Root}/none: ", result.Error, StringComparison.Ordinal);
    }
}
