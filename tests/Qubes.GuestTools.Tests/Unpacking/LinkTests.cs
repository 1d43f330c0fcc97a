using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Unpacking;

public sealed class LinkTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Theory]
    [InlineData("link", "file")]
    [InlineData("a/link", "/etc/passwd")]
    [InlineData("a/link", "../x")]
    [InlineData("a/link", "..")]
    [InlineData("a/b/link", "../../x")]
    [InlineData("a/b/link", "x/../../..")]
    [InlineData("a/b/link", "x/..")]
    [InlineData("a/link", "")]
    [InlineData("a/link", ".")]
    [InlineData("a/link", "./x")]
    [InlineData("a/link", "x//y")]
    [InlineData("a/link", "x/")]
    public async Task Links_that_might_lead_out_are_refused(string name, string target)
    {
        Assert.Equal(QfileError.BadLink, await SendAsync(name, target));
        Assert.False(Path.Exists(Path.Combine(bench.Incoming, name)));
    }

    [Theory]
    [InlineData("a/link", "x")]
    [InlineData("a/link", "b/x")]
    [InlineData("a/b/link", "../x")]
    [InlineData("a/b/link", "..")]
    [InlineData("a/b/link", "../../x", "a/b/c/link")]
    public async Task Links_may_climb_to_the_first_directory_of_the_copy(string name, string target, string? deeper = null)
    {
        Assert.Equal(0u, await SendAsync(deeper ?? name, target));
        Assert.Equal(target, new FileInfo(Path.Combine(bench.Incoming, deeper ?? name)).LinkTarget);
    }

    [Fact]
    public async Task A_target_follows_the_rules_for_names()
    {
        Assert.Equal(QfileError.BadName, await SendAsync("a/link", "x\u202ey"));
        Assert.Equal(QfileError.BadLink, await SendAsync("a/link", "x\u202ey/..", "allow-all-names"));
    }

    [Fact]
    public async Task A_target_with_a_NUL_is_refused() => Assert.Equal(QfileError.BadLink, await SendAsync("a/link", "x\0y", "allow-all-names"));

    [Fact]
    public async Task A_target_is_at_most_4095_bytes()
    {
        Assert.Equal(QfileError.NameTooLong, await SendAsync("a/link", new string('x', 4096)));
        Assert.Equal(QfileError.NameTooLong, await SendRawAsync(
            new QfileStream().Directory("b").Entry("b/link"u8.ToArray(), QfileStream.SymbolicLink, [], ulong.MaxValue).Cut()));
    }

    [Fact]
    public async Task A_link_is_never_walked_through()
    {
        var outside = bench.PathOf("outside");
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(bench.Incoming);
        File.CreateSymbolicLink(Path.Combine(bench.Incoming, "planted"), outside);

        var error = await SendRawAsync(new QfileStream().File("planted/file").End());

        Assert.Contains(error, (uint[])[QfileError.NotDirectory, 40]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_link_that_was_sent_is_not_walked_through_either()
    {
        var stream = new QfileStream().Directory("a").Directory("a/b").Link("a/link", "b").File("a/link/file").End();

        Assert.Contains(await SendRawAsync(stream), (uint[])[QfileError.NotDirectory, 40]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(bench.Incoming, "a/b")));
    }

    [Fact]
    public async Task A_link_is_no_directory_to_be_finished()
    {
        // Begun as a directory; then its place is taken by a link, as another program of this user could.
        var target = bench.Write("outside/file", "x");
        Directory.CreateDirectory(bench.Incoming);
        File.CreateSymbolicLink(Path.Combine(bench.Incoming, "dir"), Path.GetDirectoryName(target)!);

        Assert.Equal(QfileError.Exists, await SendRawAsync(new QfileStream().Directory("dir", 0x4000).Directory("dir", 0x4000).End()));
        Assert.True(File.Exists(target));
    }

    [Fact]
    public async Task A_file_does_not_replace_a_link_nor_follow_it()
    {
        var outside = bench.PathOf("outside");
        Directory.CreateDirectory(bench.Incoming);
        File.CreateSymbolicLink(Path.Combine(bench.Incoming, "file"), outside);

        Assert.Equal(QfileError.Exists, await SendRawAsync(new QfileStream().File("file").End()));
        Assert.False(File.Exists(outside));
    }

    [Fact]
    public async Task The_directory_of_a_source_is_no_link()
    {
        var outside = bench.PathOf("outside");
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(Path.GetDirectoryName(bench.Incoming)!);
        File.CreateSymbolicLink(bench.Incoming, outside);

        var result = await bench.RunAsync("qfile-unpacker", new QfileStream().File("file").End());

        Assert.Equal(1, result.Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    public void Dispose() => bench.Dispose();

    private Task<uint> SendAsync(string name, string target, string argument = "")
    {
        var stream = new QfileStream();
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (!Directory.Exists(Path.Combine(bench.Incoming, name[..slash])))
                stream.Directory(name[..slash]);
        }

        return SendRawAsync(stream.Link(name, target).End(), argument);
    }

    private async Task<uint> SendRawAsync(byte[] stream, string argument = "")
    {
        var result = await bench.RunAsync("qfile-unpacker", stream, argument);
        return (await QfileAnswer.ReadAsync(new MemoryStream(result.Output), default)).Error;
    }
}
