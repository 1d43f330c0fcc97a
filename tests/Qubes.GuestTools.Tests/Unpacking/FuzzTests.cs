using FsCheck;
using FsCheck.Fluent;
using Qubes.GuestTools.Tests.Bench;
using Qubes.GuestTools.Unpacking;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Unpacking;

public sealed class FuzzTests : IDisposable
{
    private static readonly string[] Names =
        ["a", "b", "..", ".", "", "a/b", "a/b/c", "a/../b", "../canary", "/etc/canary", "a/link", "a/b/link", "a/link/x", "link", "\u202e"];

    private static readonly string[] Targets = ["..", "../..", "../../..", "/", "b", "../b", "../canary", "../../canary", "link", ""];

    private static readonly uint[] Modes = [QfileStream.Folder, QfileStream.Plain, QfileStream.SymbolicLink, 0x1000, 0];

    private readonly ToolBench bench = new();

    [Fact]
    public void Nothing_ever_appears_outside()
    {
        bench.Write("canary", "untouched");
        var rounds = 0;
        Check.QuickThrowOnFailure(Prop.ForAll(Entries().ToArbitrary(), entries =>
        {
            // Some rounds meet what earlier ones left.
            using var tree = IncomingTree.Open(bench.Home, $"work{rounds++ / 4}");
            new Unpacker(tree, allNames: rounds % 2 == 0, new UnpackLimits()).Unpack(new MemoryStream(Stream(entries)));
            AssertUntouched();
        }));
    }

    [Fact]
    public void Broken_streams_are_answered_and_never_thrown_at()
    {
        bench.Write("canary", "untouched");
        var sane = new QfileStream().Directory("a").File("a/b").Link("a/link", "b").Directory("a").File("c").End();
        var rounds = 0;
        Check.QuickThrowOnFailure(Prop.ForAll(Mutations(sane.Length).ToArbitrary(), mutations =>
        {
            var stream = sane.ToArray();
            foreach (var (at, value) in mutations)
                stream[at] = value;
            using var tree = IncomingTree.Open(bench.Home, $"mutant{rounds++}");
            var answer = new Unpacker(tree, allNames: false, new UnpackLimits()).Unpack(new MemoryStream(stream));
            Assert.NotEqual(0u, answer.Error | (uint)answer.Crc);
            AssertUntouched();
        }));
    }

    public void Dispose() => bench.Dispose();

    private void AssertUntouched()
    {
        Assert.Equal("untouched", File.ReadAllText(bench.PathOf("canary")));
        Assert.Equal(["canary", "home"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(bench.Home)!).Select(Path.GetFileName).Order());
        Assert.Equal(["QubesIncoming"], Directory.EnumerateFileSystemEntries(bench.Home).Select(Path.GetFileName));
        Assert.All(
            Directory.EnumerateFileSystemEntries(Path.Combine(bench.Home, "QubesIncoming")),
            entry => Assert.True(new DirectoryInfo(entry) is { Exists: true, LinkTarget: null }));
    }

    private static Gen<(string Name, uint Mode, string Content)[]> Entries() =>
        (from name in Gen.Elements(Names)
         from mode in Gen.Elements(Modes)
         from content in Gen.Elements(Targets)
         select (name, mode, content)).ArrayOf();

    private static Gen<(int At, byte Value)[]> Mutations(int length) =>
        (from at in Gen.Choose(0, length - 1)
         from value in Gen.Choose(0, 255)
         select (at, (byte)value)).NonEmptyListOf().Select(list => list.ToArray());

    private static byte[] Stream((string Name, uint Mode, string Content)[] entries)
    {
        var stream = new QfileStream();
        foreach (var (name, mode, content) in entries)
        {
            var isFolder = (QfileType)(mode & 0xF000) == QfileType.Directory;
            stream.Entry(System.Text.Encoding.UTF8.GetBytes(name + "\0"), mode, isFolder ? [] : System.Text.Encoding.UTF8.GetBytes(content));
        }

        return stream.End();
    }
}
