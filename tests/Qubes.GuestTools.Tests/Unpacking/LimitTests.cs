using Qubes.GuestTools.Tests.Bench;
using Qubes.GuestTools.Unpacking;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Unpacking;

public sealed class LimitTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public void Entries_are_counted()
    {
        Assert.Equal(QfileError.None, Unpack(new UnpackLimits { Entries = 2 }, new QfileStream().File("a").File("b").End()));
        Assert.Equal(QfileError.Limit, Unpack(new UnpackLimits { Entries = 2 }, new QfileStream().File("c").File("d").File("e").End()));
    }

    [Fact]
    public void Bytes_are_counted_over_all_files()
    {
        var limits = new UnpackLimits { Bytes = 6 };

        Assert.Equal(QfileError.None, Unpack(limits, new QfileStream().File("a", "abc").File("b", "abc").End()));
        Assert.Equal(QfileError.Limit, Unpack(limits, new QfileStream().File("c", "abc").File("d", "abcd").End()));
    }

    [Fact]
    public void Directories_that_are_never_ended_do_not_fill_memory()
    {
        var limits = new UnpackLimits { OpenNames = 3 };

        Assert.Equal(QfileError.None, Unpack(limits, new QfileStream().Directory("a").Directory("a").Directory("bcd").End()));
        Assert.Equal(QfileError.Limit, Unpack(limits, new QfileStream().Directory("ef").Directory("gh").End()));
    }

    public void Dispose() => bench.Dispose();

    private uint Unpack(UnpackLimits limits, byte[] stream)
    {
        using var tree = IncomingTree.Open(bench.Home, "work");
        return new Unpacker(tree, allNames: false, limits).Unpack(new MemoryStream(stream)).Error;
    }
}
