using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Processes;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Tests.Builds;

/// <summary>Whole builds with a distribution that costs nothing.</summary>
public sealed class TemplateBuildsTests : IDisposable
{
    private readonly FakeDistribution _distribution = new();
    private readonly Workbench _bench;

    public TemplateBuildsTests()
    {
        _bench = new Workbench(_distribution);
        _bench.WriteRecipe("tiny", "memory: 300\npost: [\"echo done > /etc/post\"]\n");
    }

    [Fact]
    public async Task A_build_makes_an_image_a_kernel_and_two_qubes()
    {
        Assert.Equal(("tiny", "tiny-dvm"), await _bench.BuildAsync("tiny"));

        var image = _bench.Qubes.ImageOf("tiny", "root");
        Assert.Contains("done", await Tool.RunAsync("/usr/sbin/debugfs", "-R", "cat /etc/post", image));
        Assert.Matches("user:.:1000:1000:", await Tool.RunAsync("/usr/sbin/debugfs", "-R", "cat /etc/passwd", image));
        Assert.Equal(512L << 20, _bench.Qubes["tiny"].Volumes[0].Size);
        Assert.Equal(512L << 20, _bench.Qubes["tiny-dvm"].Volumes[0].Size);
        var kernel = (string)_bench.Qubes["tiny"].Properties.Explicit["kernel"]!;
        Assert.StartsWith("6.1.0-9-cloud-amd64-", kernel);
        Assert.True(File.Exists(Path.Combine(_bench.Paths.Kernels, kernel, "initramfs")));
        Assert.Equal(_bench.Reported.Order(), _bench.Reported);
        Assert.Equal(BuildStep.Register, _bench.Reported[^1].Step);
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Folders.Work));
    }

    [Fact]
    public async Task A_second_build_takes_everything_from_the_cache_and_leaves_the_image_alone()
    {
        await _bench.BuildAsync("tiny");
        var image = _bench.Qubes.ImageOf("tiny", "root");
        File.SetLastWriteTimeUtc(image, DateTime.UnixEpoch);

        await _bench.BuildAsync("tiny");

        Assert.Equal(1, _distribution.RootsMade);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(image));
    }

    [Fact]
    public async Task A_new_agent_makes_a_new_image_of_the_same_packages()
    {
        await _bench.BuildAsync("tiny");
        var kernel = _bench.Qubes["tiny"].Properties.Explicit["kernel"];
        var build = _bench.Qubes["tiny"].Features["template-build"];
        _bench.Write("usr/lib/qubes/guest/qubes-agent", "newer agent");

        await _bench.BuildAsync("tiny");

        Assert.Equal(1, _distribution.RootsMade);
        Assert.NotEqual(kernel, _bench.Qubes["tiny"].Properties.Explicit["kernel"]);
        Assert.NotEqual(build, _bench.Qubes["tiny"].Features["template-build"]);
        Assert.Single(Directory.GetDirectories(_bench.Paths.Kernels));
    }

    [Fact]
    public async Task New_package_versions_and_force_install_anew()
    {
        await _bench.BuildAsync("tiny");
        _distribution.Closure = ["base=2"];
        await _bench.BuildAsync("tiny");
        await _bench.BuildAsync("tiny", "force=yes");

        Assert.Equal(3, _distribution.RootsMade);
    }

    [Fact]
    public async Task Two_builds_of_one_recipe_at_once_install_once()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _distribution.DuringRoot = async (_, _) =>
        {
            entered.SetResult();
            await release.Task;
        };
        var first = _bench.BuildAsync("tiny");
        await entered.Task;
        var second = _bench.BuildAsync("tiny");
        release.SetResult();

        Assert.Equal(await first, await second);
        Assert.Equal(1, _distribution.RootsMade);
    }

    [Fact]
    public async Task Builds_of_different_recipes_do_not_wait_for_each_other()
    {
        _bench.WriteRecipe("other", "packages: [extra]\n");
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _distribution.DuringRoot = async (job, _) =>
        {
            if (job.Recipe.Name != "tiny")
                return;
            entered.SetResult();
            await release.Task;
        };
        var first = _bench.BuildAsync("tiny");
        await entered.Task;

        Assert.Equal(("other", "other-dvm"), await _bench.BuildAsync("other"));

        Assert.False(first.IsCompleted);
        release.SetResult();
        await first;
    }

    [Fact]
    public async Task Cancelled_while_packages_are_installed_it_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        _distribution.DuringRoot = async (job, stop) =>
        {
            await cancel.CancelAsync();
            await ToolRunner.RunAsync(new ToolCommand("sleep", "1000") { WorkingDirectory = job.Work.NewFolder("tool") }, stop);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.BuildAsync("tiny", cancel: cancel.Token));

        Assert.Empty(_bench.Remains());
        Assert.Single(_bench.Qubes);
        Assert.False(Directory.Exists(Path.Combine(_bench.Folders.Root, "images", "x")));
        _distribution.DuringRoot = (_, _) => Task.CompletedTask;
        Assert.Equal(("tiny", "tiny-dvm"), await _bench.BuildAsync("tiny"));
    }

    [Fact]
    public async Task Cancelled_while_the_recipes_commands_run_it_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        _bench.WriteRecipe("tiny", "post: [\"echo running; while :; do :; done\"]\n");
        _distribution.DuringRoot = (_, _) =>
        {
            cancel.CancelAfter(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.BuildAsync("tiny", cancel: cancel.Token));

        Assert.Empty(_bench.Remains());
        Assert.Single(_bench.Qubes);
    }

    [Fact]
    public async Task A_failing_command_is_told_with_step_and_log()
    {
        _bench.WriteRecipe("tiny", "post: [\"echo 'E: not today' >&2; exit 7\"]\n");

        var failure = await Assert.ThrowsAsync<QubesException>(() => _bench.BuildAsync("tiny"));

        var log = Path.Combine(_bench.Paths.Logs, "template-tiny.log");
        Assert.Equal($"Building 'tiny' failed in step 'image': chroot ended with status 7: E: not today; see {log}", failure.Message);
        Assert.Contains("E: not today", await File.ReadAllTextAsync(log));
        Assert.Empty(_bench.Remains());
    }

    [Fact]
    public async Task An_image_that_is_too_small_is_told()
    {
        var content = new byte[70 << 20];
        new Random(1).NextBytes(content);
        var recipe = _bench.Write(
            "root/etc/qubes/recipes/tiny.yaml", "name: tiny\nsuite: bookworm\nroot_size: 64M\nfiles: [{source: big, target: /big}]\n");
        await File.WriteAllBytesAsync(Path.Combine(Path.GetDirectoryName(recipe)!, "big"), content);

        var failure = await Assert.ThrowsAsync<QubesException>(() => _bench.BuildAsync("tiny"));

        Assert.Contains("failed in step 'image': mke2fs", failure.Message);
    }

    [Fact]
    public async Task A_service_that_no_plugin_offers_is_refused_before_anything_is_built()
    {
        _bench.WriteRecipe("tiny", "services: [a.Missing]\n");

        var failure = await Assert.ThrowsAsync<QubesException>(() => _bench.BuildAsync("tiny"));

        Assert.Contains("wants the service 'a.Missing', which no active plugin offers; offered are none", failure.Message);
        Assert.Equal(0, _distribution.RootsMade);
    }

    [Fact]
    public async Task A_daemon_that_was_killed_is_cleaned_up_after()
    {
        _bench.Folders.Create();
        Directory.CreateDirectory(Path.Combine(_bench.Folders.Work, "old"));
        await File.WriteAllTextAsync(Path.Combine(_bench.Folders.Work, "old.lock"), "");
        _bench.Write("root/var/lib/qubes/import/x-root.img", "");

        await _bench.RestartAsync();

        Assert.Empty(_bench.Remains());
    }

    public void Dispose() => _bench.Dispose();
}
