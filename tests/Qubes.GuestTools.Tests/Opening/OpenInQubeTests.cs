using System.IO.Pipelines;
using System.Text;
using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Opening;

/// <summary>Both ends of <c>qubes.OpenInVM</c>, with stand-ins for the program that opens.</summary>
public sealed class OpenInQubeTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task The_file_is_opened_under_its_name_and_comes_back_when_it_was_changed()
    {
        OpenWith("*.txt", "echo $(basename $1) $(cat $1) >$0.seen; stat -c %a $1 >>$0.seen; echo changed >$1; touch -d 2001-01-01 $1");

        var result = await OpenAsync("notes.txt", "content");

        Assert.Equal((0, "changed\n"), (result.Status, result.Text));
        Assert.Equal("notes.txt content\n600\n", File.ReadAllText(bench.PathOf("opener.seen")));
    }

    [Fact]
    public async Task A_file_that_stays_as_it_was_is_not_sent_back()
    {
        OpenWith("*", "cat $1 >/dev/null; echo noise");

        Assert.Equal((0, ""), await OpenAsync("notes.txt", "content") is var result ? (result.Status, result.Text) : default);
    }

    [Fact]
    public async Task View_only_is_told_by_the_permissions()
    {
        OpenWith("*", "stat -c %a $1 >$0.seen");

        await OpenAsync("notes.txt", "content", viewOnly: true);

        Assert.Equal("400\n", File.ReadAllText(bench.PathOf("opener.seen")));
    }

    [Fact]
    public async Task Nothing_of_the_file_is_left()
    {
        OpenWith("*", "echo $1 >$0.seen");

        await OpenAsync("notes.txt", "content");

        var path = File.ReadAllText(bench.PathOf("opener.seen")).Trim();
        Assert.StartsWith("work-", Path.GetFileName(Path.GetDirectoryName(path)));
        Assert.False(Path.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task Bytes_that_names_do_not_have_become_underscores()
    {
        OpenWith("*", "basename \"$1\" >$0.seen");

        await OpenAsync("a b;ü$(x).txt", "content");

        Assert.Equal("a_b_____x_.txt\n", File.ReadAllText(bench.PathOf("opener.seen")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("view-only-")]
    [InlineData("view-only-..")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        OpenWith("*", "touch $0.seen");
        var field = new byte[OpenName.Size];
        Encoding.UTF8.GetBytes(name, field);

        Assert.Equal(1, (await bench.RunAsync("vm-file-editor", [.. field, 1])).Status);
        Assert.Equal(1, (await bench.RunAsync("vm-file-editor", field[..255])).Status);
        Assert.False(File.Exists(bench.PathOf("opener.seen")));
    }

    [Fact]
    public async Task A_program_that_fails_is_a_failure_and_may_still_have_changed_the_file()
    {
        OpenWith("*", "echo changed >$1; touch -d 2001-01-01 $1; exit 3");

        Assert.Equal((1, "changed\n"), await OpenAsync("a", "b") is var result ? (result.Status, result.Text) : default);
    }

    [Fact]
    public async Task Without_a_program_one_line_says_what_would_help()
    {
        bench.Variables["PATH"] = "";

        var result = await OpenAsync("notes.txt", "content");

        Assert.Equal(1, result.Status);
        Assert.Equal(
            "vm-file-editor: no program here opens files such as notes.txt: install one, or name one in /etc/qubes/open-with\n", result.Errors);
    }

    [Fact]
    public async Task A_name_that_is_too_long_keeps_its_end()
    {
        OpenWith("*.odt", "basename $1 >$0.seen");

        await OpenAsync(new string('a', 300) + ".odt", "content", viewOnly: true);

        Assert.Equal(new string('a', 241) + ".odt\n", File.ReadAllText(bench.PathOf("opener.seen")));
    }

    [Fact]
    public async Task The_sender_sends_the_name_and_the_file_and_takes_a_changed_one()
    {
        var file = bench.Write("dir/notes.txt", "content");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_000);

        var result = await bench.RunAsync("qopen-in-vm", "changed"u8.ToArray(), "--", file);

        Assert.Equal([.. OpenName.Encode("notes.txt", viewOnly: false), .. "content"u8], result.Output);
        Assert.Equal("changed", File.ReadAllText(file));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    [Theory]
    [InlineData("--view-only", "changed")]
    [InlineData("--", "")]
    public async Task Nothing_replaces_the_file_if_nothing_came_or_nothing_is_wanted(string option, string answer)
    {
        var file = bench.Write("notes.txt", "content");

        var result = await bench.RunAsync("qopen-in-vm", Encoding.UTF8.GetBytes(answer), option, file);

        Assert.Equal(0, result.Status);
        Assert.Equal("content", File.ReadAllText(file));
    }

    [Fact]
    public async Task A_URL_is_one_line_and_what_comes_back_is_swallowed()
    {
        var result = await bench.RunAsync("qopen-in-vm", "noise"u8.ToArray(), "--url", "--", "https://example.org/");

        Assert.Equal((0, "https://example.org/\n"), (result.Status, result.Text));
    }

    [Fact]
    public async Task The_end_of_the_file_is_told_while_the_answer_is_still_awaited()
    {
        var file = bench.Write("notes.txt", "content");
        var (there, back) = (new Pipe(), new Pipe());
        var opening = bench.RunAsync("qopen-in-vm", back.Reader.AsStream(), there.Writer.AsStream(), "--", file);

        // Ends only when the program has closed its end.
        var sent = new MemoryStream();
        await there.Reader.CopyToAsync(sent).WaitAsync(ToolBench.Patience);
        Assert.False(opening.IsCompleted);
        await back.Writer.WriteAsync("changed"u8.ToArray());
        await back.Writer.CompleteAsync();

        Assert.Equal(0, (await opening.WaitAsync(ToolBench.Patience)).Status);
        Assert.Equal(OpenName.Size + "content".Length, sent.Length);
        Assert.Equal("changed", File.ReadAllText(file));
    }

    public void Dispose() => bench.Dispose();

    private Task<ToolResult> OpenAsync(string name, string content, bool viewOnly = false) =>
        bench.RunAsync("vm-file-editor", [.. OpenName.Encode(name, viewOnly), .. Encoding.UTF8.GetBytes(content)]);

    private void OpenWith(string pattern, string script) =>
        bench.Write("etc/qubes/open-with", $"# for this test\n\n{pattern}\t{bench.Write("opener", "#!/bin/sh\n" + script, executable: true)} %f\n");
}
