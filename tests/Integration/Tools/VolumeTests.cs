using System.Security.Cryptography;
using Qubes.Integration.Tests.Harness;

namespace Qubes.Integration.Tests.Tools;

public sealed class VolumeTests(SimulatedDaemon host) : SimulatedHost(host)
{
    [Fact]
    public async Task Imported_data_is_the_volumes_content_and_can_be_reverted()
    {
        var data = RandomNumberGenerator.GetBytes(300_000);
        var file = Daemon.Root + "/data";
        await File.WriteAllBytesAsync(file, data);
        var before = await OkAsync("qvm-volume", "info", "work:private", "size");
        await OkAsync("qvm-volume", "import", "work:private", file);
        Assert.Equal("300000\n", await OkAsync("qvm-volume", "info", "work:private", "size"));
        var path = (await OkAsync("qvm-volume", "info", "work:private", "path")).TrimEnd('\n');
        Assert.Equal(data, await File.ReadAllBytesAsync(path));
        Assert.NotEqual("", await OkAsync("qvm-volume", "info", "work:private", "revisions"));
        await OkAsync("qvm-volume", "revert", "work:private");
        Assert.Equal(before, $"{new FileInfo(path).Length}\n");
    }

    [Fact]
    public async Task Data_that_ends_early_changes_nothing_and_the_volume_stays_usable()
    {
        var before = await OkAsync("qvm-volume", "info", "work:private", "size");
        var result = await Daemon.Tool("qvm-volume", "import", "work:private", "-", "--size", "10").RunAsync("short"u8.ToArray());
        Assert.Equal((1, "qvm-volume: error: the data ended after 5 bytes; the volume has 10\n"), (result.ExitCode, result.Error));
        Assert.Equal(before, await OkAsync("qvm-volume", "info", "work:private", "size"));
        await OkAsync("qvm-volume", "resize", "work:private", "3Gi");
        Assert.Equal("3221225472\n", await OkAsync("qvm-volume", "info", "work:private", "size"));
    }

    [Fact]
    public async Task A_clone_has_the_originals_data_settings_and_pool()
    {
        var file = Daemon.Root + "/data";
        await File.WriteAllTextAsync(file, "the original's data");
        await OkAsync("qvm-pool", "add", "other", "file", "-o", $"dir_path={Daemon.Root}/other");
        await OkAsync("qvm-create", "-t", "tmpl", "-l", "blue", "-P", "other", "origin");
        await OkAsync("qvm-volume", "import", "origin:private", file);
        await OkAsync("qvm-prefs", "origin", "vcpus", "3");
        await OkAsync("qvm-features", "origin", "x-mine", "yes");
        await OkAsync("qvm-clone", "origin", "copy");

        Assert.Equal(("3\n", "blue\n", "yes\n"), (
            await OkAsync("qvm-prefs", "copy", "vcpus"), await OkAsync("qvm-prefs", "copy", "label"), await OkAsync("qvm-features", "copy", "x-mine")));
        Assert.Equal("other\n", await OkAsync("qvm-volume", "info", "copy:private", "pool"));
        var path = (await OkAsync("qvm-volume", "info", "copy:private", "path")).TrimEnd('\n');
        Assert.Equal("the original's data", await File.ReadAllTextAsync(path));
        Assert.Equal(1, (await FailAsync("qvm-pool", "remove", "other")).Code);
        await OkAsync("qvm-remove", "-f", "copy", "origin");
        await OkAsync("qvm-pool", "remove", "other");
    }

    [Fact]
    public async Task A_standalone_qube_starts_as_its_templates_root_or_as_a_files()
    {
        var file = Daemon.Root + "/root.img";
        await File.WriteAllTextAsync(file, "a root file system");
        await OkAsync("qvm-volume", "import", "tmpl:root", file);
        await OkAsync("qvm-create", "--standalone", "-t", "tmpl", "-l", "red", "copy");
        await OkAsync("qvm-create", "-C", "StandaloneVM", "-l", "red", "--root-move-from", file, "fresh");
        Assert.False(File.Exists(file));
        foreach (var qube in new[] { "copy", "fresh" })
        {
            var path = (await OkAsync("qvm-volume", "info", qube + ":root", "path")).TrimEnd('\n');
            Assert.Equal("a root file system", await File.ReadAllTextAsync(path));
        }
    }

    [Fact]
    public async Task A_clone_that_cannot_be_made_leaves_no_qube()
    {
        Assert.Equal(1, (await FailAsync("qvm-clone", "work", "tmpl")).Code);
        Assert.Equal(1, (await FailAsync("qvm-clone", "-P", "nosuch", "work", "copy")).Code);
        Assert.Equal("dom0\ntmpl\nwork\n", await OkAsync("qvm-ls", "--raw-list"));
    }
}
