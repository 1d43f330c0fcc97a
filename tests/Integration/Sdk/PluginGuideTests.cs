using System.Text.RegularExpressions;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Sdk;

/// <summary>The tutorial for plugins, done by somebody who has read nothing else: from <c>dotnet new</c> to a plugin that is replaced while the daemon runs.</summary>
[Collection(Strangers.Name)]
public sealed class PluginGuideTests : IAsyncLifetime
{
    private const string Plugins = "/usr/local/lib/qubes/plugins";

    private static readonly string Page = Repository.Root + "/docs/plugin-guide.md";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Stranger stranger = new();
    private Daemon daemon = null!;
    private int activations;

    public async Task InitializeAsync()
    {
        daemon = await Daemon.StartAsync("--hypervisor", "simulated");
        Directory.CreateDirectory(daemon.Root + Plugins);
        // What the page takes for granted: a qube that can be started.
        var kernel = Directory.CreateDirectory(daemon.Root + "/var/lib/qubes/vm-kernels/none").FullName;
        foreach (var file in (string[])["vmlinuz", "initramfs"])
            await File.WriteAllTextAsync($"{kernel}/{file}", "");
        (await daemon.RunAsync("qubes-prefs", "default_kernel", "none")).Succeeded();
        (await daemon.RunAsync("qvm-create", "-C", "TemplateVM", "-l", "black", "tmpl")).Succeeded();
        (await daemon.RunAsync("qvm-create", "-t", "tmpl", "-l", "red", "work")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        await daemon.DisposeAsync();
        stranger.Dispose();
    }

    [Fact]
    public async Task Everything_that_the_guide_for_plugins_shows_works_as_it_says()
    {
        var (page, output) = (GuideBlock.Of(Page), "");
        // From nothing to an active plugin.
        Assert.Equal(5, page[0].Text.Count(c => c == '\n'));
        foreach (var block in page)
        {
            switch (block.Language)
            {
                case "sh":
                    output = await RunAsync(block);
                    break;
                case "text":
                    AssertShows(output, block);
                    break;
                default:
                    Write(block);
                    break;
            }
        }
    }

    private async Task<string> RunAsync(GuideBlock block)
    {
        var (code, output) = await stranger.RunAsync(block.Text, daemon.Root);
        Assert.True(code == 0, $"{Page}:{block.Line}: exit code {code}: {output}");
        Assert.DoesNotContain(": warning ", output, StringComparison.OrdinalIgnoreCase);
        if (block.Text.Contains(Plugins, StringComparison.Ordinal))
            await ActivatedAsync();
        return output;
    }

    private async Task ActivatedAsync()
    {
        activations++;
        await Polling.UntilAsync(
            () => Task.FromResult(Regex.Count(daemon.Log(), "Plugin StartNotes .* is active")), seen => seen == activations, Patience);
    }

    private void Write(GuideBlock block)
    {
        Assert.True(block.File is not null, $"{Page}:{block.Line}: the block does not say which file it is (file=PATH)");
        File.WriteAllText(Path.Combine(stranger.Place, block.File), block.Text);
    }

    // An ellipsis in what the page shows stands for anything.
    private static void AssertShows(string output, GuideBlock block)
    {
        var pattern = string.Join(".*", block.Text.TrimEnd('\n').Split('…').Select(Regex.Escape));
        Assert.True(Regex.IsMatch(output, pattern), $"{Page}:{block.Line} shows another output than there is: {output}");
    }
}
