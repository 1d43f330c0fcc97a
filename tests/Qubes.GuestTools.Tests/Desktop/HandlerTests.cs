using Qubes.GuestTools.Desktop;
using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Desktop;

public sealed class HandlerTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public void The_first_line_that_fits_counts()
    {
        var file = new OpenWithFile(bench.Write("open-with", "*.pdf viewer --page 1\n*.p* other\nhttps:// browser '%f' x\n"));

        Assert.Equal(["viewer", "--page", "1", "/a/b.pdf"], file.ForFile("/a/b.pdf")!.Words);
        Assert.Equal(["other", "/a/b.png"], file.ForFile("/a/b.png")!.Words);
        Assert.Null(file.ForFile("/a.pdf/b.txt"));
        Assert.Equal(["browser", "https://x/", "x"], file.ForUrl("https://x/")!.Words);
        Assert.Null(file.ForUrl("http://x/"));
    }

    [Theory]
    [InlineData("*.pdf\n")]
    [InlineData("*.pdf 'viewer\n")]
    public void A_malformed_line_is_refused(string text) =>
        Assert.Throws<FormatException>(() => new OpenWithFile(bench.Write("open-with", text)).ForFile("a.pdf"));

    [Theory]
    [InlineData("a b", "a", "b")]
    [InlineData("  a\t b ", "a", "b")]
    [InlineData("'a b' \"c \\\" d\" e\\ f ''", "a b", "c \" d", "e f", "")]
    [InlineData("a'b'\"c\"", "abc")]
    [InlineData("")]
    public void Words_are_split_without_a_shell(string line, params string[] words) => Assert.Equal(words, CommandWords.Split(line));

    [Fact]
    public async Task The_desktops_default_is_started_itself()
    {
        Tool("xdg-mime", "case \"$2\" in filetype) echo application/pdf;; default) [ \"$3\" = application/pdf ] && echo viewer.desktop;; esac");
        var viewer = bench.Write("viewer", "#!/bin/sh\necho \"$*\" >$0.seen", executable: true);
        bench.Write("usr/share/applications/viewer.desktop", $"[Desktop Entry]\nExec={viewer} --open=%f\n");

        var result = await OpenAsync();

        Assert.Equal((0, ""), (result.Status, result.Errors));
        Assert.Matches("^--open=/.*/a.pdf\n$", File.ReadAllText(viewer + ".seen"));
    }

    [Fact]
    public async Task The_mailcap_comes_next()
    {
        Tool("xdg-mime", "exit 1");
        Tool("run-mailcap", "echo \"$*\" >$0.seen");
        Tool("xdg-open", "exit 1");

        Assert.Equal(0, (await OpenAsync()).Status);
        Assert.StartsWith("--action=view /", File.ReadAllText(bench.PathOf("bin/run-mailcap.seen")));
    }

    [Fact]
    public async Task A_tool_that_never_stops_talking_does_not_matter()
    {
        Tool("xdg-mime", "exec yes");

        Assert.Equal(1, (await OpenAsync()).Status);
    }

    public void Dispose() => bench.Dispose();

    private Task<ToolResult> OpenAsync()
    {
        bench.Variables["PATH"] = bench.PathOf("bin");
        return bench.RunAsync("vm-file-editor", [.. OpenName.Encode("a.pdf", viewOnly: false), 1]);
    }

    private void Tool(string name, string script) => bench.Write("bin/" + name, "#!/bin/sh\n" + script + "\n", executable: true);
}
