using Qubes.Plugins.Templates.Kernels;

namespace Qubes.Plugins.Templates.Tests.Kernels;

public sealed class ModuleOrderTests
{
    private readonly Dictionary<string, Module> _modules = [];
    private readonly HashSet<string> _builtIn = [];

    [Fact]
    public void What_is_depended_on_comes_first_and_once()
    {
        Add("virtio");
        Add("virtio_ring", "virtio");
        Add("virtio_mmio", "virtio", "virtio_ring");
        Add("virtio_blk", "virtio_ring", "virtio");

        Assert.Equal(["virtio", "virtio_ring", "virtio_mmio", "virtio_blk"], Resolve("virtio_mmio", "virtio_blk", "virtio_mmio"));
    }

    [Fact]
    public void What_the_kernel_contains_is_left_out()
    {
        _builtIn.Add("jbd2");
        _builtIn.Add("mbcache");
        Add("ext4", "jbd2", "mbcache");

        Assert.Equal(["ext4"], Resolve("ext4"));
    }

    [Fact]
    public void A_soft_dependency_comes_first_where_there_is_one()
    {
        Add("ext4");
        _modules["ext4"] = _modules["ext4"] with { Information = new([], ["crc32c", "nothing"], []) };
        Add("crc32c");

        Assert.Equal(["crc32c", "ext4"], Resolve("ext4"));
    }

    [Fact]
    public void A_missing_module_is_refused_with_what_needs_it()
    {
        Add("virtio_blk", "virtio");

        var refusal = Assert.Throws<InvalidDataException>(() => Resolve("virtio_blk"));

        Assert.Equal("the kernel has no module 'virtio', which virtio_blk needs", refusal.Message);
    }

    [Fact]
    public void A_circle_ends()
    {
        Add("a", "b");
        Add("b", "a");

        Assert.Equal(["b", "a"], Resolve("a"));
    }

    private void Add(string name, params string[] depends) =>
        _modules[name] = new Module(name, "/" + name + ".ko", new ModuleInformation(depends, [], []));

    private IEnumerable<string> Resolve(params string[] wanted) =>
        new ModuleOrder(n => _modules.GetValueOrDefault(n), _builtIn.Contains).Resolve(wanted).Select(m => m.Name);
}
