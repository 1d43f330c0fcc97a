using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Caching;

public sealed class TemplateCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CacheFolders _folders;
    private readonly TemplateCache _cache;

    public TemplateCacheTests()
    {
        _folders = new CacheFolders(_folder.Path);
        _cache = new TemplateCache(_folders, TimeProvider.System);
    }

    [Fact]
    public async Task What_was_made_once_is_found_again()
    {
        await using var work = WorkDirectory.Create(_folders);
        using (await MakeAsync(work, "key", "first"))
        {
        }

        using var again = await MakeAsync(work, "key", "second");

        Assert.Equal("first", await File.ReadAllTextAsync(again.File("content")));
    }

    [Fact]
    public async Task Made_anew_it_replaces_what_was_there()
    {
        await using var work = WorkDirectory.Create(_folders);
        using (await MakeAsync(work, "key", "first"))
        {
        }

        using var again = await MakeAsync(work, "key", "second", anew: true);

        Assert.Equal("second", await File.ReadAllTextAsync(again.File("content")));
    }

    [Fact]
    public async Task A_failure_leaves_nothing_on_the_shelf_and_frees_the_key()
    {
        await using var work = WorkDirectory.Create(_folders);
        await Assert.ThrowsAsync<InvalidDataException>(() => _cache.GetAsync("things", "key", false, work, null, async path =>
        {
            await File.WriteAllTextAsync(Path.Combine(path, "content"), "half");
            throw new InvalidDataException("broken");
        }, CancellationToken.None));

        using var next = await MakeAsync(work, "key", "whole");

        Assert.Equal("whole", await File.ReadAllTextAsync(next.File("content")));
    }

    [Fact]
    public async Task The_least_recently_used_go_first_and_what_is_in_use_stays()
    {
        await using var work = WorkDirectory.Create(_folders);
        using var held = await MakeAsync(work, "k0", "");
        Directory.SetLastWriteTimeUtc(held.Path, DateTime.UnixEpoch);
        for (var i = 1; i <= TemplateCache.Kept + 1; i++)
        {
            using var lease = await MakeAsync(work, "k" + i, "");
            Directory.SetLastWriteTimeUtc(lease.Path, DateTime.UnixEpoch.AddDays(i));
        }

        _cache.Prune(work, "things", "no such shelf");

        var left = Directory.EnumerateDirectories(_folder.File("things")).Select(p => Path.GetFileName(p)!).Order();
        Assert.Equal(["k0", .. Enumerable.Range(2, TemplateCache.Kept).Select(i => "k" + i)], left);
    }

    [Fact]
    public async Task Remains_of_a_dead_build_are_removed_and_a_living_one_is_not_touched()
    {
        await using var living = WorkDirectory.Create(_folders);
        await File.WriteAllTextAsync(Path.Combine(living.Path, "file"), "");
        Directory.CreateDirectory(Path.Combine(_folders.Work, "dead", "sub"));
        await File.WriteAllTextAsync(Path.Combine(_folders.Work, "dead.lock"), "");

        var count = await WorkDirectory.RemoveRemainsAsync(_folders, CancellationToken.None);

        Assert.Equal(1, count);
        Assert.True(File.Exists(Path.Combine(living.Path, "file")));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_folders.Work).Count());
    }

    [Fact]
    public void A_relative_cache_is_refused() =>
        Assert.Contains("an absolute path", Assert.ThrowsAny<Exception>(() => new CacheFolders("cache")).Message);

    public void Dispose() => _folder.Dispose();

    private Task<CacheLease> MakeAsync(WorkDirectory work, string key, string content, bool anew = false) =>
        _cache.GetAsync("things", key, anew, work, null, path => File.WriteAllTextAsync(Path.Combine(path, "content"), content), CancellationToken.None);
}
