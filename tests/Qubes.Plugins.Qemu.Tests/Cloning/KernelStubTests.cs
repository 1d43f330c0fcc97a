using Qubes.Plugins.Qemu.Cloning;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

public sealed class KernelStubTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_kernels_stub_is_its_setup_code_and_a_page_of_zeros()
    {
        var kernel = File.ReadAllBytes(GuestKernel.Directory + "/vmlinuz");
        var setup = (kernel[0x1f1] + 1) * 512;
        var stub = KernelStub.Of(GuestKernel.Directory + "/vmlinuz");
        Assert.Equal(kernel.AsSpan(0, setup), stub.AsSpan(0, setup));
        Assert.Equal(new byte[4096], stub[setup..]);
    }

    [Fact]
    public void No_number_of_sectors_means_four()
    {
        Write(0, 5 * 512);
        Assert.Equal(5 * 512 + 4096, KernelStub.Of(path).Length);
    }

    [Theory]
    [InlineData("HdrX", 5, 4096)]
    [InlineData("HdrS", 5, 1000)]
    [InlineData("HdrS", 7, 4095)]
    public void What_is_no_whole_kernel_is_refused(string magic, byte sectors, int length)
    {
        Write(sectors, length, magic);
        Assert.Throws<QubeException>(() => KernelStub.Of(path));
        Assert.Throws<QubeException>(() => KernelStub.Of("/nonexistent"));
    }

    private void Write(byte sectors, int length, string magic = "HdrS")
    {
        var content = new byte[Math.Max(length, 0x300)];
        content[0x1f1] = sectors;
        System.Text.Encoding.ASCII.GetBytes(magic).CopyTo(content, 0x202);
        File.WriteAllBytes(path, content[..length]);
    }
}
