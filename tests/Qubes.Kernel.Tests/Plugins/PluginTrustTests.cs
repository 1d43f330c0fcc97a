using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginTrustTests : IDisposable
{
    private const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryDirectory directory = new();
    private readonly string plugin;
    private readonly string file;

    public PluginTrustTests()
    {
        plugin = Path.Combine(directory.Sub("plugins"), "One");
        var deep = Directory.CreateDirectory(Path.Combine(plugin, "deep")).FullName;
        file = Path.Combine(deep, "file");
        File.WriteAllText(file, "");
        foreach (var path in new[] { Path.GetDirectoryName(plugin)!, plugin, deep, file })
            File.SetUnixFileMode(path, Usual);
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Files_of_a_trusted_owner_that_nobody_else_may_write_are_trusted() => Trusting(Me).Check(plugin);

    [Fact]
    public void Without_trusted_owners_all_is_trusted()
    {
        File.SetUnixFileMode(file, Usual | UnixFileMode.OtherWrite);
        new PluginTrust(trustedOwners: null).Check(plugin);
    }

    [Fact]
    public void Another_owner_is_refused() => AssertRefused(Trusting(Me + 1), $"belongs to user {Me}");

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_write_is_refused(UnixFileMode more)
    {
        File.SetUnixFileMode(file, Usual | more);
        AssertRefused(Trusting(Me), file + " may be written by its group or others");
    }

    [Fact]
    public void A_folder_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(plugin, Usual | UnixFileMode.OtherWrite);
        AssertRefused(Trusting(Me), plugin + " may be written");
    }

    [Fact]
    public void A_folder_of_plugins_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(Path.GetDirectoryName(plugin)!, Usual | UnixFileMode.OtherWrite);
        AssertRefused(Trusting(Me), "may be written");
    }

    [Fact]
    public void A_link_is_refused_even_to_a_trusted_file()
    {
        File.CreateSymbolicLink(Path.Combine(plugin, "link"), file);
        AssertRefused(Trusting(Me), "link is a symbolic link, to ");
    }

    [Fact]
    public void A_folder_that_is_a_link_is_refused()
    {
        var link = Path.Combine(directory.Path, "plugins", "Two");
        Directory.CreateSymbolicLink(link, plugin);
        Assert.Throws<PluginRefusedException>(() => Trusting(Me).Check(link));
    }

    [Fact]
    public void A_folder_that_is_gone_is_refused() =>
        Assert.Contains("cannot be checked",
            Assert.Throws<PluginRefusedException>(() => Trusting(Me).Check(plugin + "x")).Message);

    private uint Me => FileFacts.Of(file).Uid;

    private static PluginTrust Trusting(uint owner) => new([owner]);

    private void AssertRefused(PluginTrust trust, string reason)
    {
        var refusal = Assert.Throws<PluginRefusedException>(() => trust.Check(plugin));
        Assert.Equal(PluginState.Malfunctioned, refusal.State);
        Assert.Contains(reason, refusal.Message);
    }
}
