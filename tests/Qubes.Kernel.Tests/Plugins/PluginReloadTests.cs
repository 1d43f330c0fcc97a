using System.Runtime.CompilerServices;
using Qubes.Kernel.Plugins.Loading;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginReloadTests : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryDirectory directory = new();
    private readonly ManualTime time = new();
    private readonly string probe;

    public PluginReloadTests() => probe = ProbeFiles.CopyTo(directory.Sub("Probe"));

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Reloading_switches_to_what_is_installed_now()
    {
        using var loader = Load();
        var heard = 0;
        loader.Reloaded += (_, e) => heard += e.Loader == loader ? 1 : 100;
        Assert.Equal("1.0.0.0", Version(loader));
        ReplaceByRename();
        loader.Reload();
        Assert.Equal("2.0.0.0", Version(loader));
        Assert.Equal(1, heard);
    }

    [Fact]
    public void What_cannot_be_loaded_does_not_replace_what_runs()
    {
        using var loader = Load();
        File.WriteAllText(probe, "no assembly");
        Assert.Throws<BadImageFormatException>(loader.Reload);
        Assert.Equal("1.0.0.0", Version(loader));
        Assert.Single(Directory.GetDirectories(Shadow));
    }

    [Fact]
    public void The_generation_before_is_collected()
    {
        using var loader = Load();
        var before = Current(loader);
        loader.Reload();
        Collected.Assert(before);
        Assert.Single(Directory.GetDirectories(Shadow));
    }

    [Fact]
    public void A_plugin_that_cannot_be_unloaded_cannot_be_reloaded()
    {
        using var loader = PluginLoader.CreateFromAssemblyFile(probe);
        Assert.Throws<InvalidOperationException>(loader.Reload);
    }

    [Fact]
    public async Task A_file_renamed_over_the_plugin_reloads_it()
    {
        using var loader = Load(hot: true);
        var reloaded = Reloaded(loader);
        ReplaceByRename();
        await time.UntilArmed(Quiet);
        time.Advance(Quiet);
        await reloaded;
        Assert.Equal("2.0.0.0", Version(loader));
    }

    [Fact]
    public async Task A_write_in_place_reloads_it()
    {
        using var loader = Load(hot: true);
        var reloaded = Reloaded(loader);
        File.WriteAllBytes(probe, File.ReadAllBytes(Path.Combine(ProbeFiles.Next, ProbeFiles.Assembly)));
        await time.UntilArmed(Quiet);
        time.Advance(Quiet);
        await reloaded;
        Assert.Equal("2.0.0.0", Version(loader));
    }

    [Fact]
    public async Task A_change_that_cannot_be_loaded_is_reported_and_the_next_one_gets_its_chance()
    {
        using var loader = Load(hot: true);
        var failed = new TaskCompletionSource<Exception>();
        loader.ReloadFailed += (_, e) => failed.TrySetResult(e.GetException());
        File.WriteAllText(probe + ".new", "no assembly");
        File.Move(probe + ".new", probe, overwrite: true);
        await time.UntilArmed(Quiet);
        time.Advance(Quiet);
        Assert.IsType<BadImageFormatException>(await failed.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("1.0.0.0", Version(loader));

        var reloaded = Reloaded(loader);
        ReplaceByRename();
        await time.UntilArmed(Quiet);
        time.Advance(Quiet);
        await reloaded;
        Assert.Equal("2.0.0.0", Version(loader));
    }

    [Fact]
    public async Task Nothing_is_reloaded_before_the_folder_is_quiet()
    {
        using var loader = Load(hot: true);
        loader.Reloaded += (_, _) => Assert.Fail("too early");
        ReplaceByRename();
        await time.UntilArmed(Quiet);
        time.Advance(Quiet / 2);
        File.WriteAllText(probe + ".new", "more of the same change");
        await time.UntilArmed(Quiet);
        time.Advance(Quiet / 2);
        Assert.Equal("1.0.0.0", Version(loader));
    }

    // Not inlined, or the debugger's lifetime of temporaries would keep it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Current(PluginLoader loader) => new(loader.LoadContext);

    private string Shadow => Path.Combine(directory.Path, "shadow");

    private PluginLoader Load(bool hot = false) => PluginLoader.CreateFromAssemblyFile(probe, config =>
    {
        config.IsUnloadable = true;
        config.ShadowCopyDirectory = Shadow;
        config.EnableHotReload = hot;
        config.ReloadDelay = Quiet;
        config.TimeProvider = time;
    });

    private static Task Reloaded(PluginLoader loader)
    {
        var heard = new TaskCompletionSource();
        loader.Reloaded += (_, _) => heard.TrySetResult();
        return heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static string Version(PluginLoader loader) => loader.LoadDefaultAssembly().GetName().Version!.ToString();

    // As a package manager does it.
    private void ReplaceByRename()
    {
        File.Copy(Path.Combine(ProbeFiles.Next, ProbeFiles.Assembly), probe + ".dpkg-new", overwrite: true);
        File.Move(probe + ".dpkg-new", probe, overwrite: true);
    }
}
