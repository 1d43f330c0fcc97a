using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Copying;

public sealed class RoundTripTests : IDisposable
{
    private readonly ToolBench from = new();
    private readonly ToolBench to = new();

    [Fact]
    public async Task A_tree_arrives_as_it_was()
    {
        var big = new byte[300_000];
        new Random(5).NextBytes(big);
        from.Write("tree/empty", "");
        from.Write("tree/sub/script", "#!/bin/sh\n", executable: true);
        File.WriteAllBytes(from.PathOf("tree/sub/big"), big);
        File.CreateSymbolicLink(from.PathOf("tree/sub/link"), "../empty");
        var time = new DateTime(2020, 2, 29, 12, 34, 56, DateTimeKind.Utc).AddTicks(1_234_567);
        File.SetLastWriteTimeUtc(from.PathOf("tree/sub/script"), time);
        File.SetUnixFileMode(from.PathOf("tree/sub"), (UnixFileMode)0b101_101_000);
        Directory.SetLastWriteTimeUtc(from.PathOf("tree"), time);

        var (sender, receiver) = await CopyBench.RunAsync(from, to, ["--", from.PathOf("tree"), from.Write("single", "one")]);

        Assert.Equal((0, ""), (sender.Status, sender.Errors));
        Assert.Equal((0, ""), (receiver.Status, receiver.Errors));
        string At(string name) => Path.Combine(to.Incoming, name);
        Assert.Equal(["single", "tree"], Directory.EnumerateFileSystemEntries(to.Incoming).Select(Path.GetFileName).Order());
        Assert.Equal(big, File.ReadAllBytes(At("tree/sub/big")));
        Assert.Equal(0, new FileInfo(At("tree/empty")).Length);
        Assert.Equal("../empty", new FileInfo(At("tree/sub/link")).LinkTarget);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(At("tree/sub/script")));
        Assert.Equal((UnixFileMode)0b101_101_000, File.GetUnixFileMode(At("tree/sub")));
        Assert.Equal(time, File.GetLastWriteTimeUtc(At("tree/sub/script")));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(At("tree")));
    }

    [Fact]
    public async Task A_link_that_is_named_is_followed()
    {
        File.CreateSymbolicLink(from.PathOf("link"), from.Write("file", "content"));

        var (sender, _) = await CopyBench.RunAsync(from, to, [from.PathOf("link")]);

        Assert.Equal((0, ""), (sender.Status, sender.Errors));
        Assert.Null(new FileInfo(Path.Combine(to.Incoming, "link")).LinkTarget);
        Assert.Equal("content", File.ReadAllText(Path.Combine(to.Incoming, "link")));
    }

    [Fact]
    public async Task What_moves_is_deleted_only_as_far_as_it_was_sent()
    {
        from.Write("tree/file", "x");
        File.CreateSymbolicLink(from.PathOf("tree/link"), "file");

        var (sender, _) = await CopyBench.RunAsync(from, to, ["--move", "--", from.PathOf("tree"), from.Write("file", "y")]);

        Assert.Equal((0, ""), (sender.Status, sender.Errors));
        Assert.False(Path.Exists(from.PathOf("tree")) || Path.Exists(from.PathOf("file")));
        Assert.Equal("x", File.ReadAllText(Path.Combine(to.Incoming, "tree/file")));
    }

    [Fact]
    public async Task Nothing_is_deleted_when_something_did_not_arrive()
    {
        to.Write("home/QubesIncoming/work/two", "there already");

        var (sender, _) = await CopyBench.RunAsync(from, to, ["--move", from.Write("one", "1"), from.Write("two", "2")]);

        Assert.Equal(1, sender.Status);
        Assert.True(File.Exists(from.PathOf("one")) && File.Exists(from.PathOf("two")));
    }

    [Fact]
    public async Task The_sender_says_what_the_receiver_refused_and_why()
    {
        to.Write("home/QubesIncoming/work/file", "there already");

        var (sender, receiver) = await CopyBench.RunAsync(from, to, [from.Write("file", "x")]);

        Assert.Equal((1, 1), (sender.Status, receiver.Status));
        Assert.Equal("qfile-agent: the receiver stopped at 'file': it is there already, and nothing is overwritten\n", sender.Errors);
    }

    [Fact]
    public async Task Names_that_are_not_safe_need_both_sides_consent()
    {
        var odd = from.Write("odd\u202ename", "x");

        var (refused, _) = await CopyBench.RunAsync(from, to, [odd]);
        var (sent, _) = await CopyBench.RunAsync(from, to, [odd], "allow-all-names");

        Assert.Contains("--allow-all-names", refused.Errors);
        Assert.DoesNotContain("\u202e", refused.Errors);
        Assert.Equal(0, sent.Status);
    }

    [Fact]
    public async Task Pipes_are_passed_over_and_told()
    {
        from.Write("tree/file", "x");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", from.PathOf("tree/pipe")))
            await mkfifo.WaitForExitAsync().WaitAsync(ToolBench.Patience);

        var (sender, receiver) = await CopyBench.RunAsync(from, to, ["--move", from.PathOf("tree")]);

        Assert.Equal((1, 0), (sender.Status, receiver.Status));
        Assert.Contains("pipe is no file, directory or link", sender.Errors);
        Assert.Contains("was copied and stays", sender.Errors);
        Assert.Equal(["pipe"], Directory.EnumerateFileSystemEntries(from.PathOf("tree")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/no/such/file")]
    public async Task What_cannot_be_sent_ends_the_copy_with_one_line(string path)
    {
        var (sender, receiver) = await CopyBench.RunAsync(from, to, [path]);

        Assert.Equal((1, 1), (sender.Status, receiver.Status));
        Assert.Single(sender.Errors.TrimEnd('\n').Split('\n'));
    }

    public void Dispose()
    {
        from.Dispose();
        to.Dispose();
    }
}
