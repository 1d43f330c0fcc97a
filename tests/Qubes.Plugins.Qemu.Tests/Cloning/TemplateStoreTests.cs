using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Cloning;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

public sealed class TemplateStoreTests : IDisposable
{
    private const long MemorySize = 32 << 20;
    private static readonly string Key = new('d', 64);

    private readonly string root = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly RecordedLog log = new();
    private readonly List<TemplateStore> stores = [];

    private string Templates => root + "/var/lib/qubes/memory-templates";

    public void Dispose()
    {
        stores.ForEach(store => store.Dispose());
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task What_is_kept_is_found_and_loaded_by_the_next_daemon_and_removed_whole()
    {
        var kept = await Open().KeepAsync(Frozen(), default);
        Assert.Equal([Key], Directory.GetFileSystemEntries(Templates).Select(Path.GetFileName));
        var next = Open();
        Assert.Equal([kept], next.Templates);
        var frozen = await next.LoadAsync(Key, default);
        Assert.Same(frozen, await next.LoadAsync(Key, default));
        var content = new byte[6];
        RandomAccess.Read(frozen.Memory.Handle, content, 5 << 20);
        Assert.Equal("memory"u8.ToArray(), content);
        Assert.ThrowsAny<SystemException>(() => RandomAccess.Write(frozen.Memory.Handle, "x"u8, 0));
        Assert.True(kept.MemoryBytes < 1 << 20 && kept.DiskBytes < 1 << 20);

        await next.RemoveAsync(Key, default);
        await next.RemoveAsync(Key, default);
        Assert.Empty(Directory.GetFileSystemEntries(Templates));
        Assert.Throws<QubeException>(frozen.Memory.Hold);
        await Assert.ThrowsAsync<QubeException>(() => next.LoadAsync(Key, default));
    }

    [Fact]
    public async Task A_key_is_used_once_and_is_one()
    {
        var store = Open();
        await store.KeepAsync(Frozen(), default);
        await Assert.ThrowsAsync<QubeException>(() => store.KeepAsync(Frozen(), default));
        Assert.Single(store.Templates);
        foreach (var key in (string[])["", "../" + Key, Key.ToUpperInvariant(), Key + "0"])
            Assert.Throws<QubeException>(() => store.CheckNew(key));
    }

    [Fact]
    public async Task What_cannot_be_written_leaves_nothing()
    {
        var store = Open();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.KeepAsync(Frozen(), cancel.Token));
        Directory.CreateDirectory(Path.GetDirectoryName(Templates)!);
        File.WriteAllText(Templates, "a file");
        await Assert.ThrowsAsync<QubeException>(() => store.KeepAsync(Frozen(), default));
        Assert.Empty(store.Templates);
    }

    [Fact]
    public async Task A_half_made_one_is_deleted_at_the_start_and_what_is_not_ours_is_left_alone()
    {
        await Open().KeepAsync(Frozen(), default);
        Directory.Move($"{Templates}/{Key}", $"{Templates}/{Key}.new");
        Directory.CreateDirectory(Templates + "/lost+found");
        Assert.Empty(Open().Templates);
        Assert.Equal(["lost+found"], Directory.GetFileSystemEntries(Templates).Select(Path.GetFileName));
        Assert.Contains(log.Lines, line => line.StartsWith("5223 ", StringComparison.Ordinal) && line.Contains("half made", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("state")]
    [InlineData("kernel-stub")]
    [InlineData("template.json")]
    public async Task What_others_could_have_changed_or_is_missing_is_refused(string file)
    {
        foreach (var isMissing in (bool[])[true, false])
        {
            await Open().KeepAsync(Frozen(), default);
            var path = $"{Templates}/{Key}/{file}";
            if (isMissing)
                File.Delete(path);
            else
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
            Assert.Empty(Open().Templates);
            Assert.False(Directory.Exists($"{Templates}/{Key}"));
        }
    }

    [Fact]
    public async Task A_directory_that_others_can_change_is_not_used_at_all()
    {
        await Open().KeepAsync(Frozen(), default);
        File.SetUnixFileMode(Templates, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        var store = Open();
        Assert.Empty(store.Templates);
        await Assert.ThrowsAsync<QubeException>(() => store.KeepAsync(Frozen(), default));
        Assert.Contains(log.Lines, line => line.StartsWith("5224 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("state")]
    [InlineData("kernel-stub")]
    public async Task A_bit_that_flipped_or_a_tail_that_is_missing_is_found_before_anything_is_used(string file)
    {
        foreach (var isCut in (bool[])[true, false])
        {
            await Open().KeepAsync(Frozen(), default);
            using (var handle = File.OpenHandle($"{Templates}/{Key}/{file}", FileMode.Open, FileAccess.ReadWrite))
            {
                if (isCut)
                    RandomAccess.SetLength(handle, RandomAccess.GetLength(handle) - 1);
                else
                    RandomAccess.Write(handle, "!"u8, 0);
            }
            var store = Open();
            Assert.Single(store.Templates);
            var refusal = await Assert.ThrowsAsync<QubeException>(() => store.LoadAsync(Key, default));
            Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
            Assert.Empty(store.Templates);
            Assert.False(Directory.Exists($"{Templates}/{Key}"));
        }
    }

    [Theory]
    [InlineData("\"format\":1", "\"format\":2")]
    [InlineData("\"memoryMiB\":32", "\"memoryMiB\":-32")]
    [InlineData("dddd\",", "eeee\",")]
    [InlineData("{", "[")]
    [InlineData("{", "{\"more\":1,")]
    public async Task A_description_that_is_not_this_daemons_language_is_refused(string word, string other)
    {
        await Open().KeepAsync(Frozen(), default);
        var path = $"{Templates}/{Key}/template.json";
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(word, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(word, other, StringComparison.Ordinal));
        Assert.Empty(Open().Templates);
    }

    private TemplateStore Open()
    {
        stores.Add(new TemplateStore(new QubesPaths(root, "/usr"), TimeProvider.System, log));
        return stores[^1];
    }

    private static FrozenMachine Frozen()
    {
        var memory = MemoryFile.Create("machine", MemorySize);
        RandomAccess.Write(memory.Handle, "memory"u8, 5 << 20);
        memory.Seal();
        return new FrozenMachine(
            new TemplateRecord
            {
                Format = TemplateRecord.CurrentFormat,
                Key = Key,
                Made = DateTimeOffset.UnixEpoch,
                Accelerator = Accelerator.Tcg,
                MemoryMiB = 32,
                Vcpus = 1,
                CommandLine = "quiet",
                Disks = ["root"],
                MemoryBytes = 0,
                MemoryDigest = "",
                StateDigest = "",
                StubDigest = "",
            },
            memory,
            MemoryFile.Of("state", "state"u8),
            MemoryFile.Of("kernel-stub", "stub"u8));
    }
}
