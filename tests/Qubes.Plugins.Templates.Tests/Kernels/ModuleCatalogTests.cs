using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Kernels;

public sealed class ModuleCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModuleCatalogTests() => _folder.Write("modules.builtin", "kernel/crypto/crc32c_generic.ko\nkernel/fs/ext4/ext4.ko\n");

    [Fact]
    public async Task Dashes_and_underscores_are_the_same()
    {
        Add("kernel/drivers/virtio-rng.ko", "depends=");

        Assert.Equal("virtio_rng", (await OpenAsync()).Find("virtio_rng")!.Name);
        Assert.Equal("virtio_rng", (await OpenAsync()).Find("virtio-rng")!.Name);
    }

    [Fact]
    public async Task A_module_is_found_by_its_alias()
    {
        Add("kernel/arch/sum-fast.ko", "alias=crypto-sum", "alias=sum");

        Assert.Equal("sum_fast", (await OpenAsync()).Find("sum")!.Name);
        Assert.Null((await OpenAsync()).Find("none"));
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public async Task Compressed_modules_are_unpacked(string program)
    {
        Add("kernel/a.ko", "depends=b");
        await Tool.RunAsync(program, program == "zstd" ? ["-q", "--rm", _folder.File("kernel/a.ko")] : ["-q", _folder.File("kernel/a.ko")]);
        Assert.False(File.Exists(_folder.File("kernel/a.ko")));

        Assert.Equal(["b"], (await OpenAsync()).Find("a")!.Information.Depends);
    }

    [Fact]
    public async Task What_the_kernel_contains_is_known_and_any_crc32c_will_do()
    {
        var catalog = await OpenAsync();

        Assert.True(catalog.IsBuiltIn("ext4"));
        Assert.True(catalog.IsBuiltIn("crc32c-generic"));
        Assert.True(catalog.IsBuiltIn("crc32c"));
        Assert.False(catalog.IsBuiltIn("virtio"));
    }

    [Fact]
    public async Task A_package_without_a_list_of_what_is_built_in_is_refused()
    {
        File.Delete(_folder.File("modules.builtin"));

        await Assert.ThrowsAsync<InvalidDataException>(OpenAsync);
    }

    public void Dispose() => _folder.Dispose();

    private Task<ModuleCatalog> OpenAsync() => ModuleCatalog.OpenAsync(_folder.Path, CancellationToken.None);

    private void Add(string path, params string[] information)
    {
        _folder.Write(path, "");
        File.WriteAllBytes(_folder.File(path), ModuleFile.Write(information));
    }
}
