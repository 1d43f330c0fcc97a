using System.Text;
using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Opening;

public sealed class OpenUrlTests : IDisposable
{
    private readonly ToolBench bench = new();

    public OpenUrlTests()
    {
        var program = bench.Write("browser", "#!/bin/sh\necho \"$1\" >$0.seen; exit 7", executable: true);
        bench.Write("etc/qubes/open-with", $"* /bin/false\nhttp:// {program}\nhttps:// {program}\nftp:// {program}\n");
        bench.Variables["PATH"] = "";
    }

    [Theory]
    [InlineData("https://example.org/?a=b;c&$(d)\n")]
    [InlineData("http://example.org\nmore")]
    [InlineData("ftp://example.org/file")]
    public async Task A_URL_is_opened_and_the_program_waited_for(string input)
    {
        var result = await bench.RunAsync("qubes.OpenURL", Encoding.UTF8.GetBytes(input));

        Assert.Equal(7, result.Status);
        Assert.Equal(input.Split('\n')[0] + "\n", File.ReadAllText(bench.PathOf("browser.seen")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("https://\n")]
    [InlineData("file:///etc/passwd\n")]
    [InlineData("javascript:alert(1)\n")]
    [InlineData("--help\n")]
    [InlineData("https://a b\n")]
    [InlineData("https://a\tb\n")]
    [InlineData("https://a\u001b[2J\n")]
    [InlineData("https://ü\n")]
    [InlineData("HTTPS://example.org\n")]
    public async Task Anything_else_is_refused(string input)
    {
        Assert.Equal(1, (await bench.RunAsync("qubes.OpenURL", Encoding.UTF8.GetBytes(input))).Status);
        Assert.False(File.Exists(bench.PathOf("browser.seen")));
    }

    [Fact]
    public async Task An_endless_line_is_cut_off()
    {
        Assert.Contains("65536", (await bench.RunAsync("qubes.OpenURL", Encoding.ASCII.GetBytes("https://" + new string('a', 70000)))).Errors);
    }

    public void Dispose() => bench.Dispose();
}
