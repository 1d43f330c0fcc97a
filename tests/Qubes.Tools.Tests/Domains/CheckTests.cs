using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Domains;

public sealed class CheckTests : BenchTests
{
    public CheckTests() => ServeList();

    [Theory]
    [InlineData(0, "VM vm0 exists\n", "vm0")]
    [InlineData(0, "VMs vm0, vm1 exist\n", "vm0", "vm1")]
    [InlineData(3, "VM vm1 is running\n", "--running", "vm0", "vm1")]
    [InlineData(0, "VM vm1 is running\n", "--running", "vm1")]
    [InlineData(0, "VM disp1 is running and paused\n", "--running", "--paused", "disp1")]
    [InlineData(1, "None of given VM are running and paused\n", "--running", "--paused", "vm1")]
    [InlineData(1, "None of given VM are running\n", "--running", "vm0")]
    [InlineData(0, "VM disp1 is paused\n", "--paused", "disp1")]
    [InlineData(3, "VM tmpl is a template\n", "--template", "--all")]
    [InlineData(0, "", "-q", "vm0")]
    [InlineData(1, "", "-q", "--running", "vm0")]
    public async Task The_status_says_whether_all_some_or_none_are_as_asked(int code, string output, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-check", arguments);
        Assert.Equal((code, output, ""), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("vm0", "nosuch")]
    public async Task A_qube_that_does_not_exist_is_an_answer_and_no_wrong_command_line(params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-check", arguments);
        Assert.Equal((1, "", "qvm-check: error: no such domain: 'nosuch'\n"), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData(0, "provides_network default=False type=bool True\nnetvm default=True type=vm \n")]
    [InlineData(0, "provides_network default=True type=bool False\nnetvm default=True type=vm vm1\n")]
    [InlineData(1, "provides_network default=True type=bool False\nnetvm default=False type=vm \n")]
    public async Task A_qube_is_networked_if_it_has_or_is_a_network_qube(int code, string properties)
    {
        Server.Ok("admin.vm.property.GetAll+", "vm0", properties);
        Assert.Equal(code, (await Bench.RunAsync("qvm-check", "-q", "--networked", "vm0")).Code);
    }
}
