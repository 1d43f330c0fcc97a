using Qubes.Daemon.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Tests.Configuration;

public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly TestRoot root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void Without_files_it_is_empty() => Assert.Empty(Read().GetChildren());

    [Fact]
    public void Sections_are_read()
    {
        root.Write("qubesd.conf", "# comment\n[Qemu]\nbinary = /usr/bin/qemu\n\n[AdminApi]\nlimit=3\n");
        Assert.Equal("/usr/bin/qemu", Read().GetSection("Qemu")["binary"]);
        Assert.Equal("3", Read().GetSection("AdminApi")["limit"]);
    }

    [Fact]
    public void Files_beside_it_win_in_the_order_of_their_names()
    {
        root.Write("qubesd.conf", "[Qemu]\na=main\nb=main\nc=main\n");
        root.Write("qubesd.conf.d/20.conf", "[qemu]\nc=20\n");
        root.Write("qubesd.conf.d/10.conf", "[Qemu]\nb=10\nc=10\n");
        root.Write("qubesd.conf.d/30.conf.old", "[Qemu]\nc=old\n");
        var section = Read().GetSection("Qemu");
        Assert.Equal("main 10 20", $"{section["a"]} {section["b"]} {section["c"]}");
    }

    [Theory]
    [InlineData("[Qemu\n")]
    [InlineData("[Qemu]\nno value\n")]
    [InlineData("[Qemu]\na=1\na=2\n")]
    public void A_malformed_file_is_named(string text)
    {
        var file = root.Write("qubesd.conf.d/10.conf", text);
        Assert.StartsWith(file + " is not usable as configuration: ", Assert.Throws<QubesException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private Microsoft.Extensions.Configuration.IConfigurationRoot Read() => ConfigurationFiles.Read(root.Path + "/qubesd.conf");
}
