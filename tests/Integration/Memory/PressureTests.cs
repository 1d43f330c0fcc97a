using System.Text.Json;
using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Integration.Tests.Preloading;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Memory;

/// <summary>A pool of real machines while a program takes the host's memory, and afterwards.</summary>
[Collection(RealMachines.Name)]
public sealed class PressureTests(DisposableHost host) : IAsyncLifetime
{
    private readonly PreloadedHost preloads = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public Task InitializeAsync() => preloads.SetAsync("preload-dispvm-clone", "1");

    public async Task DisposeAsync()
    {
        await preloads.SetAsync("preload-dispvm-clone", "");
        await RestartAsync(Daemon.Quiet);
        await preloads.EndAsync();
    }

    [Fact]
    public async Task A_pool_gives_way_before_anything_is_killed_and_comes_back()
    {
        var queue = await preloads.PreloadAsync(3);
        // Between what is available now and what is when the test has taken its part, with room for what others do meanwhile.
        var available = TakenMemory.AvailableMiB;
        var part = Math.Min(2048, available / 3);
        await RestartAsync($"{Daemon.Quiet}\n[MemoryManager]\npressure-low={available - part / 2}MiB\npressure-high={available - part * 5 / 8}MiB\n");
        Assert.Equal(queue, await preloads.QueueAsync());
        var killed = TakenMemory.Killed;

        using (new TakenMemory(part))
        {
            await preloads.QueueOfAsync(l => l < 2);
            var status = await StatusAsync();
            Assert.Contains("short of memory", status.GetProperty("allowance_reason").GetString());
            Assert.True(status.GetProperty("allowance").GetInt32() < 3);
            Assert.Equal(killed, TakenMemory.Killed);
            Assert.Contains("the host is short of memory", (await Daemon.CallAsync("admin.preload.History", PreloadedHost.Template)).Ok);
        }

        await preloads.ReadyAsync(3);
        Assert.Equal(killed, TakenMemory.Killed);
        var memory = (await StatusAsync()).GetProperty("memory");
        Assert.Equal(3, memory.GetProperty("measured").GetInt32());
        Assert.InRange(memory.GetProperty("pss_kib").GetInt64(), memory.GetProperty("private_kib").GetInt64(), available * 1024);
    }

    private async Task<JsonElement> StatusAsync() =>
        JsonDocument.Parse((await Daemon.CallAsync("admin.preload.Status", PreloadedHost.Template)).Ok).RootElement;

    private async Task RestartAsync(string configuration)
    {
        Assert.Equal(0, await Daemon.StopAsync());
        Daemon.Configure(configuration);
        await Daemon.RestartAsync();
    }
}
