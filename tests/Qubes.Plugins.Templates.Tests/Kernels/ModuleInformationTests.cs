using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Templates.Kernels;

namespace Qubes.Plugins.Templates.Tests.Kernels;

public sealed class ModuleInformationTests
{
    [Fact]
    public void Dependencies_and_aliases_are_read()
    {
        var information = ModuleInformation.Read(ModuleFile.Write(
            "license=GPL", "alias=crypto-crc32c", "alias=crc32c", "depends=virtio,virtio_ring", "softdep=post: late pre: crc32c other post: x", "bare"));

        Assert.Equal(["virtio", "virtio_ring"], information.Depends);
        Assert.Equal(["crc32c", "other"], information.SoftDepends);
        Assert.Equal(["crypto-crc32c", "crc32c"], information.Aliases);
    }

    [Fact]
    public void A_module_that_depends_on_nothing_says_so() => Assert.Empty(ModuleInformation.Read(ModuleFile.Write("depends=")).Depends);

    [Theory]
    [InlineData(0, (byte)'M', "no 64-bit ELF file")]
    [InlineData(4, (byte)1, "no 64-bit ELF file")]
    [InlineData(0x29, (byte)0xFF, "outside the table")]
    [InlineData(0x3A, (byte)40, "section entries of an unknown size")]
    [InlineData(0x3E, (byte)9, "outside the table")]
    [InlineData(ModuleFile.TableOffset + 64 + 0x1A, (byte)9, "outside the file")]
    [InlineData(ModuleFile.TableOffset + 128 + 0x22, (byte)9, "outside the file")]
    [InlineData(ModuleFile.TableOffset + 128, (byte)1, "no section .modinfo")]
    [InlineData(ModuleFile.TableOffset + 128 + 3, (byte)0x80, "no section .modinfo")]
    public void A_damaged_file_is_refused(int offset, byte value, string why)
    {
        var file = ModuleFile.Write("depends=virtio");
        file[offset] = value;

        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ModuleInformation.Read(file)).Message);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var start = ModuleFile.Write("depends=virtio");
        var changes = Gen.ListOf(Gen.Zip(Gen.Choose(0, start.Length - 1), Gen.Choose(0, 255)));
        Check.QuickThrowOnFailure(Prop.ForAll(changes.ToArbitrary(), list =>
        {
            var file = start.ToArray();
            foreach (var (offset, value) in list)
                file[offset] = (byte)value;
            Attempt(file);
            Attempt(file.AsSpan(0, file.Length / 2));
        }));
    }

    private static void Attempt(ReadOnlySpan<byte> file)
    {
        try
        {
            ModuleInformation.Read(file);
        }
        catch (InvalidDataException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
