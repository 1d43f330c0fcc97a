using System.Diagnostics;
using Qubes.Agent.Boot;

namespace Qubes.Agent.Tests.Boot;

public sealed class BootTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    [Fact]
    public void The_command_line_says_who_the_guest_is()
    {
        var parameters = BootParameters.Parse("console=ttyS0 qubes.name=disp7 qubes.type=AppVM qubes.user= qubes.other=x\n");
        Assert.Equal(new BootParameters("disp7", "AppVM", "user"), parameters);
        Assert.False(parameters.IsDisposable);
        Assert.True((parameters with { Type = "DispVM" }).IsDisposable);
    }

    [Fact]
    public void A_volume_is_blank_a_file_system_or_left_alone()
    {
        var content = new byte[100_000];
        Assert.Equal(VolumeContent.Blank, Look(content));
        content[50_000] = 1;
        Assert.Equal(VolumeContent.Unknown, Look(content));
        (content[1080], content[1081]) = (0x53, 0xEF);
        Assert.Equal(VolumeContent.Ext4, Look(content));
        Assert.Equal(VolumeContent.Unknown, Look([]));
    }

    [Theory]
    [InlineData(8 << 20, "-b", "1024")]
    [InlineData(64 << 20, "-b", "4096")]
    [InlineData(64 << 20, "-O", "^64bit")]
    public void A_file_system_tells_its_size(long size, params string[] options)
    {
        using (var made = File.Create(file))
            made.SetLength(size);
        using (var program = Process.Start("mke2fs", ["-q", "-t", "ext4", .. options, file]))
            program.WaitForExit();

        Assert.Equal(size, VolumeProbe.FileSystemSize(File.ReadAllBytes(file).AsSpan(0, 2048)));
    }

    [Fact]
    public void The_swap_header_is_one_the_system_knows()
    {
        var header = SwapVolume.Header(1000);
        Assert.Equal("SWAPSPACE2"u8.ToArray(), header[4086..]);
        Assert.Equal([1, 0, 0, 0, 0xe7, 3, 0, 0, 0, 0, 0, 0], header[1024..1036]);
    }

    public void Dispose() => File.Delete(file);

    private VolumeContent Look(byte[] content)
    {
        File.WriteAllBytes(file, content);
        return VolumeProbe.Look(file);
    }
}
