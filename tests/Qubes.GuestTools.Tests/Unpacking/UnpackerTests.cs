using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Unpacking;

public sealed class UnpackerTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task A_tree_arrives_with_modes_times_and_links()
    {
        var stream = new QfileStream()
            .Directory("tree").Directory("tree/inner", 0x4000 | 0b101_000_000).File("tree/inner/file", "hello", 0x8000 | 0b110_000_000)
            .Link("tree/inner/up", "../file").Directory("tree/inner", 0x4000 | 0b101_000_000).File("tree/file").Directory("tree").End();

        var answer = await SendAsync(stream);

        Assert.Equal((0u, (ulong)Crc32.Of(stream)), (answer.Error, answer.Crc));
        Assert.Equal("tree"u8.ToArray(), answer.LastName);
        var inner = Path.Combine(bench.Incoming, "tree/inner");
        Assert.Equal("hello", File.ReadAllText(Path.Combine(inner, "file")));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(inner, "file")));
        Assert.Equal((UnixFileMode)0b101_000_000, File.GetUnixFileMode(inner));
        Assert.Equal("../file", new FileInfo(Path.Combine(inner, "up")).LinkTarget);
        var time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).UtcDateTime.AddTicks(1_234_567);
        Assert.Equal(time, File.GetLastWriteTimeUtc(Path.Combine(inner, "file")));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(inner));
        Assert.Equal(time, new FileInfo(Path.Combine(inner, "up")).LastWriteTimeUtc);
    }

    [Fact]
    public async Task A_set_user_id_bit_is_not_taken_over()
    {
        await SendAsync(new QfileStream().File("tool", "x", 0x8000 | 0b111_101_101_101).End());

        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(Path.Combine(bench.Incoming, "tool")));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        bench.Write("home/QubesIncoming/work/file", "mine");

        var answer = await SendAsync(new QfileStream().File("other").File("file", "theirs").End());

        Assert.Equal(QfileError.Exists, answer.Error);
        Assert.Equal("file"u8.ToArray(), answer.LastName);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(bench.Incoming, "file")));
        Assert.True(File.Exists(Path.Combine(bench.Incoming, "other")));
    }

    [Fact]
    public async Task A_directory_that_was_there_before_is_not_changed()
    {
        bench.Write("home/QubesIncoming/work/dir/file", "mine");
        var mode = File.GetUnixFileMode(Path.Combine(bench.Incoming, "dir"));

        var answer = await SendAsync(new QfileStream().Directory("dir", 0x4000).End());

        Assert.Equal(QfileError.Exists, answer.Error);
        Assert.Equal(mode, File.GetUnixFileMode(Path.Combine(bench.Incoming, "dir")));
    }

    [Fact]
    public async Task A_directory_is_its_owners_alone_until_it_is_sent_again()
    {
        var answer = await SendAsync(new QfileStream().Directory("dir", 0x4000 | 0b111_111_111).End());

        Assert.Equal(0u, answer.Error);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(bench.Incoming, "dir")));
    }

    [Fact]
    public async Task A_file_that_does_not_come_in_full_does_not_appear()
    {
        var stream = new QfileStream().File("whole").Entry("half"u8.ToArray(), QfileStream.Plain, "abc"u8.ToArray(), length: 4).Cut();

        var answer = await SendAsync(stream);

        Assert.Equal(QfileError.SenderStopped, answer.Error);
        Assert.Equal((ulong)Crc32.Of(stream), answer.Crc);
        Assert.Equal(["whole"], Directory.EnumerateFileSystemEntries(bench.Incoming).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_is_claimed_is_neither_believed_nor_made_room_for()
    {
        var answer = await SendAsync(new QfileStream().Entry("big"u8.ToArray(), QfileStream.Plain, "x"u8.ToArray(), length: 1L << 49).Cut());

        Assert.Equal(QfileError.SenderStopped, answer.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Incoming));
    }

    [Theory]
    [InlineData(1UL << 51)]
    [InlineData(ulong.MaxValue)]
    public async Task A_length_beyond_the_limit_is_refused_before_any_of_it(ulong length)
    {
        var answer = await SendAsync(new QfileStream().Entry("big"u8.ToArray(), QfileStream.Plain, [], length).Cut());

        Assert.Equal(QfileError.Limit, answer.Error);
    }

    [Fact]
    public async Task A_stream_that_ends_without_its_end_is_told_so()
    {
        Assert.Equal(QfileError.NoEnd, (await SendAsync(new QfileStream().File("file").Cut())).Error);
        Assert.Equal(QfileError.NoEnd, (await SendAsync([])).Error);
        Assert.Equal(QfileError.SenderStopped, (await SendAsync(new byte[31])).Error);
        Assert.True(File.Exists(Path.Combine(bench.Incoming, "file")));
    }

    [Theory]
    [InlineData(0x1000u)]
    [InlineData(0x2000u)]
    [InlineData(0x6000u)]
    [InlineData(0xC000u)]
    [InlineData(0u)]
    [InlineData(0x10000u)]
    public async Task Other_types_of_entries_are_refused(uint mode) =>
        Assert.Equal(QfileError.Invalid, (await SendAsync(new QfileStream().Entry("x"u8.ToArray(), mode, []).End())).Error);

    [Fact]
    public async Task Malformed_times_are_refused() => Assert.Equal(
        QfileError.Invalid, (await SendAsync(new QfileStream { Time = new QfileTime(0, 1_000_000_000) }.File("x").End())).Error);

    [Fact]
    public async Task A_name_is_at_most_16383_bytes()
    {
        var header = new QfileHeader(16384, QfileStream.Plain, 0, default, default);

        var answer = await SendAsync(new QfileStream().Header(header).Raw(new byte[16384]).End());

        Assert.Equal(QfileError.NameTooLong, answer.Error);
        Assert.Null(answer.LastName);
    }

    [Fact]
    public async Task A_component_that_the_file_system_refuses_is_told_with_its_number() => Assert.Equal(
        QfileError.NameTooLong, (await SendAsync(new QfileStream().File(new string('a', 256)).End())).Error);

    [Fact]
    public async Task Deep_paths_are_walked_step_by_step()
    {
        var stream = new QfileStream();
        var path = "";
        for (var depth = 0; depth < 40; depth++)
            stream.Directory(path += (depth > 0 ? "/" : "") + new string('d', 200));
        var answer = await SendAsync(stream.File(path + "/file").End());

        // 8040 bytes, which is more than a system call takes as one path.
        Assert.Equal(0u, answer.Error);
    }

    [Fact]
    public async Task What_follows_the_end_is_not_looked_at()
    {
        var stream = new QfileStream().File("file").End();

        var answer = await SendAsync([.. stream, .. new QfileStream().File("late").End()]);

        Assert.Equal((0u, (ulong)Crc32.Of(stream)), (answer.Error, answer.Crc));
        Assert.False(File.Exists(Path.Combine(bench.Incoming, "late")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("-x")]
    public async Task A_source_that_is_no_qubes_name_is_refused(string source)
    {
        bench.Variables["QREXEC_REMOTE_DOMAIN"] = source;

        var result = await bench.RunAsync("qfile-unpacker", new QfileStream().File("x").End());

        Assert.Equal(1, result.Status);
        Assert.Empty(result.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Home));
    }

    [Fact]
    public async Task Only_the_one_argument_is_accepted()
    {
        Assert.Equal(2, (await bench.RunAsync("qfile-unpacker", [], "allow-everything")).Status);
        Assert.Equal(0, (await bench.RunAsync("qfile-unpacker", new QfileStream().End(), "")).Status);
    }

    public void Dispose() => bench.Dispose();

    private async Task<QfileAnswer> SendAsync(byte[] stream)
    {
        var result = await bench.RunAsync("qfile-unpacker", stream);
        var answer = await QfileAnswer.ReadAsync(new MemoryStream(result.Output), default);
        Assert.Equal(answer.Error == 0 ? 0 : 1, result.Status);
        return answer;
    }
}
