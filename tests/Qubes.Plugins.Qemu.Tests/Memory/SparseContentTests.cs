using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Memory;

public sealed class SparseContentTests
{
    private const int PageSize = 4096;
    private const int Pages = 270; // one chunk and a part of another

    [Fact]
    public void Any_pages_arrive_and_zeros_take_nothing() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<ushort[]>(), places => Run(async () =>
    {
        using var source = MemoryFile.Create("source", Pages * PageSize);
        foreach (var place in places)
            RandomAccess.Write(source.Handle, BitConverter.GetBytes(place), place % Pages * PageSize + place % (PageSize - 2));
        RandomAccess.Write(source.Handle, new byte[PageSize], 7 * PageSize % (Pages * PageSize)); // allocated, and nothing in it
        using var target = MemoryFile.Create("target", Pages * PageSize);
        var digest = await SparseContent.CopyAsync(source.Handle, target.Handle, Pages * PageSize, default);
        Assert.Equal(ContentOf(source), ContentOf(target));
        Assert.True(target.Allocated <= places.Distinct().Count() * 2 * PageSize);

        // The digest is the content's, not the holes'.
        using var again = MemoryFile.Create("again", Pages * PageSize);
        Assert.Equal(digest, await SparseContent.CopyAsync(target.Handle, again.Handle, Pages * PageSize, default));
    })));

    [Fact]
    public async Task One_bit_or_another_place_or_size_is_another_digest()
    {
        var digests = new HashSet<string>();
        foreach (var (value, offset, size) in ((byte, int, int)[])[(1, 0, 8), (2, 0, 8), (1, 1, 8), (1, PageSize, 8), (1, 0, 9)])
        {
            using var source = MemoryFile.Create("source", size * PageSize);
            RandomAccess.Write(source.Handle, [value], offset);
            using var target = MemoryFile.Create("target", size * PageSize);
            Assert.True(digests.Add(await SparseContent.CopyAsync(source.Handle, target.Handle, size * PageSize, default)));
        }
    }

    [Fact]
    public async Task A_source_cut_short_is_refused()
    {
        using var source = MemoryFile.Of("source", new byte[] { 1 });
        using var target = MemoryFile.Create("target", PageSize);
        await Assert.ThrowsAsync<QubeException>(() => SparseContent.CopyAsync(source.Handle, target.Handle, PageSize, default));
    }

    private static bool Run(Func<Task> check)
    {
        check().GetAwaiter().GetResult();
        return true;
    }

    private static byte[] ContentOf(MemoryFile file)
    {
        var content = new byte[file.Size];
        RandomAccess.Read(file.Handle, content, 0);
        return content;
    }
}
