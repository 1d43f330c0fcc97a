using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Domains;

public sealed class CheckTests : BenchTests
{
    public CheckTests() => ServeList();

    [Theory]
    [InlineData(0, "VM vm0 exists\n", "vm0")]
    [InlineData(0, "VMs vm0, vm1 exist\n", "vm0", "vm1")]
    [InlineData(0, "VM vm1 is running\n", "--running", "vm0", "vm1")]
    [InlineData(1, "None of given VM are running\n", "--running", "vm0")]
    [InlineData(0, "VM disp1 is paused\n", "--paused", "disp1")]
    [InlineData(0, "VM tmpl is a template\n", "--template", "--all")]
    [InlineData(0, "", "-q", "vm0")]
    [InlineData(1, "", "-q", "--running", "vm0")]
    public async Task The_status_says_whether_any_is_as_asked(int code, string output, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-check", arguments);
        Assert.Equal((code, output, ""), (result.Code, result.Output, result.Error));
    }
}
