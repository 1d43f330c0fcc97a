using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Copying;

public sealed class CopyCommandTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Theory]
    [InlineData("qvm-copy", "@default", "qubes.Filecopy", false)]
    [InlineData("qvm-copy-to-vm", "vault", "qubes.Filecopy", false)]
    [InlineData("qvm-move", "@default", "qubes.Filecopy", true)]
    [InlineData("qvm-move-to-vm", "vault", "qubes.Filecopy", true)]
    [InlineData("qvm-copy-to-vm", "vault", "qubes.Filecopy+allow-all-names", false, "--allow-all-names")]
    public async Task Each_command_makes_the_call_upstream_makes(string name, string target, string service, bool move, string? option = null)
    {
        var file = bench.Write("file", "x");

        var result = await bench.RunAsync(name,
            [.. option is null ? (string[])[] : [option], .. target == "vault" ? (string[])["vault"] : [], "--", file, file]);

        Assert.Equal((0, ""), (result.Status, result.Errors));
        Assert.Equal(
            [
                bench.PathOf("libexec/qrexec-client-vm"), "--filter-escape-chars-stderr", "--", target, service,
                bench.PathOf("libexec/qfile-agent"), .. move ? (string[])["--move"] : [], "--", file, file,
            ],
            bench.Became);
    }

    [Theory]
    [InlineData(2, "qvm-copy")]
    [InlineData(2, "qvm-copy-to-vm", "vault")]
    [InlineData(2, "qvm-copy", "--overwrite", "file")]
    [InlineData(1, "qvm-copy", "/no/such/file")]
    public async Task What_cannot_work_is_refused_before_anyone_is_asked(int status, string name, params string[] arguments)
    {
        Assert.Equal(status, (await bench.RunAsync(name, arguments)).Status);
        Assert.Null(bench.Became);
    }

    public void Dispose() => bench.Dispose();
}
