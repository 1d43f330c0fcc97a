using Qubes.Plugins.Templates.Initramfs;
using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Initramfs;

public sealed class CpioWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Cpio_reads_what_was_written()
    {
        Write(archive =>
        {
            archive.AddDirectory("dev");
            archive.AddCharacterDevice("dev/console", 5, 1);
            archive.AddFile("init", (UnixFileMode)0x1ED, "agent"u8);
            archive.AddFile("empty", (UnixFileMode)0x124, []);
        });

        var lines = (await ListAsync()).Split('\n').Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Equal("drwxr-xr-x 2 root root", string.Join(' ', lines[0][..4]));
        Assert.Equal("dev", lines[0][^1]);
        Assert.StartsWith("crw------- 1 root root 5, 1", string.Join(' ', lines[1]));
        Assert.Equal("dev/console", lines[1][^1]);
        Assert.Equal("-rwxr-xr-x 1 root root 5", string.Join(' ', lines[2][..5]));
        Assert.Equal("-r--r--r-- 1 root root 0", string.Join(' ', lines[3][..5]));
    }

    [Theory]
    [InlineData("a", 0)]
    [InlineData("ab", 1)]
    [InlineData("abc", 2)]
    [InlineData("abcd", 3)]
    [InlineData("abcde", 4)]
    [InlineData("abcdef", 100_001)]
    public async Task Names_and_contents_of_any_length_come_back(string name, int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        Write(archive =>
        {
            archive.AddFile(name, (UnixFileMode)0x1A4, content);
            archive.AddFile("after", (UnixFileMode)0x1A4, "x"u8);
        });

        await Tool.RunAsync("sh", "-c", $"cd {_folder.Path} && cpio -i --quiet < archive");

        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.File(name)));
        Assert.Equal("x", await File.ReadAllTextAsync(_folder.File("after")));
    }

    [Fact]
    public async Task The_initramfs_holds_agent_console_and_modules_in_order()
    {
        _folder.Write("agent", "program");
        _folder.Write("modules/order", "b.ko\na.ko\n");
        _folder.Write("modules/a.ko", "A");
        _folder.Write("modules/b.ko", "B");
        using (var file = File.Create(_folder.File("archive")))
            InitramfsMaker.Write(file, _folder.File("agent"), _folder.File("modules"));

        var names = (await ListAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[^1]).ToList();

        Assert.Equal(["dev", "dev/console", "modules", "modules/order", "modules/b.ko", "modules/a.ko", "init"], names);
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes()
    {
        byte[] Make()
        {
            Write(archive => archive.AddFile("init", (UnixFileMode)0x1ED, "agent"u8));
            return File.ReadAllBytes(_folder.File("archive"));
        }

        Assert.Equal(Make(), Make());
    }

    public void Dispose() => _folder.Dispose();

    private Task<string> ListAsync() => Tool.RunAsync("sh", "-c", $"cpio -tv --quiet < {_folder.File("archive")}");

    private void Write(Action<CpioWriter> add)
    {
        using var file = File.Create(_folder.File("archive"));
        var archive = new CpioWriter(file);
        add(archive);
        archive.Finish();
    }
}
