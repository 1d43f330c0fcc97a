using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Running;

public sealed class RunTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Theory]
    [InlineData("qubes.VMShell")]
    [InlineData("qubes.VMShell", "-p")]
    [InlineData("qubes.VMShell+WaitForSession", "--gui")]
    public async Task One_word_goes_to_the_other_qubes_shell(string service, params string[] options)
    {
        await bench.RunAsync("qvm-run-vm", [.. options, "vault", "echo 'a b'"]);

        Assert.Equal(
            [Client, "--prefix-data=exec bash -c 'echo '\\''a b'\\''' || exit 127\n", "--", "vault", service], bench.Became);
        Assert.Empty(bench.Silenced);
    }

    [Theory]
    [InlineData("qubes.VMExec")]
    [InlineData("qubes.VMExecGUI", "-g")]
    public async Task Several_words_are_a_program_that_no_shell_sees(string service, params string[] options)
    {
        await bench.RunAsync("qvm-run-vm", [.. options, "vault", "ls", "-la", "/tmp"]);

        Assert.Equal([Client, "--", "vault", service + "+ls+--la+-2Ftmp"], bench.Became);
    }

    [Fact]
    public async Task A_disposable_needs_no_name()
    {
        await bench.RunAsync("qvm-run-vm", "--dispvm", "--service", "x.Y+Z");

        Assert.Equal([Client, "--", "@dispvm", "x.Y+Z"], bench.Became);
    }

    [Fact]
    public async Task Streams_can_be_left_out()
    {
        await bench.RunAsync("qvm-run-vm", "--no-pass-io", "vault", "true");

        Assert.Equal([0, 1, 2], bench.Silenced);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "vault")]
    [InlineData(2, "--dispvm")]
    [InlineData(2, "-s", "vault", "two", "words")]
    public async Task An_incomplete_line_is_refused(int status, params string[] arguments)
    {
        Assert.Equal(status, (await bench.RunAsync("qvm-run-vm", arguments)).Status);
        Assert.Null(bench.Became);
    }

    [Fact]
    public async Task A_line_that_fits_no_service_name_is_refused() =>
        Assert.Equal(1, (await bench.RunAsync("qvm-run-vm", "vault", "echo", new string('x', 65000))).Status);

    public void Dispose() => bench.Dispose();

    private string Client => bench.PathOf("libexec/qrexec-client-vm");
}
