using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Builds;

/// <summary>A build from the distribution's packages, as it is for a user.</summary>
public sealed class RealBuildTests
{
    [Fact]
    public async Task A_tiny_recipe_becomes_a_template_that_boots()
    {
        var agent = GuestAgent.Find();
        using var bench = new Workbench(agent: agent);
        bench.WriteRecipe("tiny", "memory: 256\nprivate_size: 64M\npost: [\"echo built > /etc/built\"]\n");

        var result = await bench.BuildAsync("tiny");

        Assert.Equal(("tiny", "tiny-dvm"), result);
        Assert.Empty(Directory.GetFileSystemEntries(bench.Folders.Work));
        var image = bench.Qubes.ImageOf("tiny", "root");
        await CheckImageAsync(image, agent is not null);
        var kernel = Path.Combine(bench.Paths.Kernels, (string)bench.Qubes["tiny"].Properties.Explicit["kernel"]!);
        if (agent is not null)
        {
            var (isUp, console) = await Microvm.BootAsync(kernel, image, "tiny-guest");
            Assert.True(isUp, console);
        }
    }

    private static async Task CheckImageAsync(string image, bool hasAgent)
    {
        var facts = await Tool.RunAsync("dumpe2fs", "-h", image);
        Assert.Contains("Filesystem state:         clean", facts);
        Assert.Contains("Reserved block count:     0", facts);
        Assert.DoesNotContain("metadata_csum", facts);
        Assert.Equal(512L << 20, new FileInfo(image).Length);
        await Tool.RunAsync("e2fsck", "-fn", image);

        Task<string> Read(string path) => Tool.RunAsync("debugfs", "-R", path, image);
        Assert.Contains("user:x:1000:1000:", await Read("cat /etc/passwd"));
        Assert.Contains("root:*:", await Read("cat /etc/shadow"));
        Assert.Contains("user:!:", await Read("cat /etc/shadow"));
        Assert.Contains("built", await Read("cat /etc/built"));
        Assert.Contains("Mode:  0755", await Read("stat /etc/qubes-rpc/qubes.VMShell"));
        Assert.Contains("Mode:  0755", await Read("stat /usr/lib/qubes/qubes-agent"));
        Assert.Contains("User:  1000", await Read("stat /home/user"));
        Assert.Contains("Size: 0", await Read("stat /etc/machine-id"));
        Assert.Contains("File not found", await Read("stat /etc/apt/sources.list.d"));
        Assert.Contains("File not found", await Read("stat /usr/share/man/man1"));
        Assert.Contains("Type: directory", await Read("stat /rw"));
        Assert.True(!hasAgent || (await Read("stat /usr/lib/qubes/qubes-agent")).Contains("Size: "));
    }
}
