using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Kernels;

public sealed class KernelFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KernelFolders _kernels;

    public KernelFoldersTests() => _kernels = new KernelFolders(new QubesPaths(_folder.Path, "/usr"));

    private string Shelf => _folder.File("var/lib/qubes/vm-kernels");

    [Fact]
    public void The_name_says_the_release_and_the_content()
    {
        var first = Install("kernel", "initramfs");

        Assert.Matches("^6[.]1-[0-9a-f]{8}$", first);
        Assert.Equal("initramfs", File.ReadAllText(Path.Combine(Shelf, first, "initramfs")));
        Assert.Equal("kernel", File.ReadAllText(Path.Combine(Shelf, first, "vmlinuz")));
        Assert.Equal(first, Install("kernel", "initramfs"));
        Assert.NotEqual(first, Install("kernel", "other"));
        Assert.Equal(2, Directory.GetFileSystemEntries(Shelf).Length);
    }

    [Fact]
    public void Only_our_own_that_nobody_uses_are_removed()
    {
        var used = Install("kernel", "a");
        var unused = Install("kernel", "b");
        _folder.Write("var/lib/qubes/vm-kernels/mine/vmlinuz", "");

        _kernels.Prune(new HashSet<string> { used });

        Assert.Equal([used, "mine"], Directory.EnumerateDirectories(Shelf).Select(p => Path.GetFileName(p)!).Order());
        Assert.True(_kernels.IsOurs(used));
        Assert.False(_kernels.IsOurs("mine"));
        Assert.False(_kernels.IsOurs(unused));
        Assert.False(_kernels.IsOurs(""));
    }

    [Fact]
    public void What_a_killed_daemon_left_is_removed()
    {
        var done = Install("kernel", "a");
        _folder.Write("var/lib/qubes/vm-kernels/.abc.part/vmlinuz", "");

        _kernels.RemoveRemains();

        Assert.Equal([Path.Combine(Shelf, done)], Directory.GetFileSystemEntries(Shelf));
    }

    public void Dispose() => _folder.Dispose();

    private string Install(string kernel, string initramfs)
    {
        _folder.Write("source/vmlinuz", kernel);
        _folder.Write("source/initramfs", initramfs);
        return _kernels.Install(_folder.File("source"), "6.1");
    }
}
