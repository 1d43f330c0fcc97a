using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Integration.Tests.Preloading;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Memory;

/// <summary>A distribution that ships no memory balancing, or an administrator who switched it off.</summary>
[Collection(RealMachines.Name)]
public sealed class WithoutBalancingTests(DisposableHost host) : IAsyncLifetime
{
    private readonly PreloadedHost preloads = new(host.Daemon);
    private readonly string preset = host.Daemon.Root + "/etc/qubes/plugin-preset.d/10-no-balancing.preset";

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(preset)!);
        await File.WriteAllTextAsync(preset, "disable MemoryManager\n");
        await RestartAsync();
    }

    public async Task DisposeAsync()
    {
        await preloads.EndAsync();
        File.Delete(preset);
        await RestartAsync();
    }

    [Fact]
    public async Task Disposables_preloads_and_accounting_work_without_the_plugin()
    {
        Assert.StartsWith("2\0ProtocolError", await host.Daemon.AskAsync("admin.memory.Status", "dom0"), StringComparison.Ordinal);
        Assert.False(File.Exists(host.Daemon.Root + "/run/qubes/qmemman.sock"));

        var preload = Assert.Single(await preloads.PreloadAsync(1));
        Assert.Contains("pss=", (await host.Daemon.CallAsync("admin.vm.Memory", preload)).Ok, StringComparison.Ordinal);
        var name = (await host.Daemon.RunAsync("qvm-run", "-p", "--dispvm=" + PreloadedHost.Template, "cat /proc/sys/kernel/hostname")).Succeeded().Text.Trim();
        Assert.Equal(preload, name);
    }

    private async Task RestartAsync()
    {
        Assert.Equal(0, await host.Daemon.StopAsync());
        await host.Daemon.RestartAsync();
    }
}
