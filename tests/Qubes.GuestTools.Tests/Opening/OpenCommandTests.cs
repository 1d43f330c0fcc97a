using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Opening;

public sealed class OpenCommandTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task A_file_goes_to_OpenInVM_as_upstream_sends_it()
    {
        var file = bench.Write("-report.pdf", "x");

        await bench.RunAsync("qvm-open-in-vm", "--view-only", "vault", "--", file);

        Assert.Equal(
            [Program("qrexec-client-vm"), "--", "vault", "qubes.OpenInVM", Program("qopen-in-vm"), "--view-only", "--", file], bench.Became);
        Assert.Equal([0, 1, 2], bench.Silenced);
    }

    [Fact]
    public async Task A_disposable_is_the_target_without_a_name()
    {
        var file = bench.Write("report.pdf", "x");

        await bench.RunAsync("qvm-open-in-dvm", file);

        Assert.Equal([Program("qrexec-client-vm"), "--", "@dispvm", "qubes.OpenInVM", Program("qopen-in-vm"), "--", file], bench.Became);
    }

    [Fact]
    public async Task A_URL_goes_to_OpenURL()
    {
        await bench.RunAsync("qvm-open-in-dvm", "https://example.org/");

        Assert.Equal(
            [Program("qrexec-client-vm"), "--", "@dispvm", "qubes.OpenURL", Program("qopen-in-vm"), "--url", "--", "https://example.org/"],
            bench.Became);
    }

    [Fact]
    public async Task A_terminal_keeps_the_line_that_says_why()
    {
        bench.ErrorIsTerminal = true;

        await bench.RunAsync("qvm-open-in-dvm", bench.Write("file", "x"));

        Assert.Equal([0, 1], bench.Silenced);
    }

    [Theory]
    [InlineData(1, "qvm-open-in-dvm", "/no/such/file")]
    [InlineData(1, "qvm-open-in-dvm", "http://two words")]
    [InlineData(2, "qvm-open-in-dvm")]
    [InlineData(2, "qvm-open-in-dvm", "a", "b")]
    [InlineData(2, "qvm-open-in-vm", "vault")]
    public async Task What_cannot_be_opened_makes_no_call(int status, string name, params string[] arguments)
    {
        Assert.Equal(status, (await bench.RunAsync(name, arguments)).Status);
        Assert.Null(bench.Became);
        Assert.Empty(bench.Silenced);
    }

    public void Dispose() => bench.Dispose();

    private string Program(string name) => bench.PathOf("libexec/" + name);
}
