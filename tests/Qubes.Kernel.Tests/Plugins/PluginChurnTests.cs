using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A plugin that is replaced again and again under a stream of events.</summary>
[Collection(nameof(PluginChurnTests))]
[CollectionDefinition(nameof(PluginChurnTests), DisableParallelization = true)] // It measures this process's memory.
public sealed class PluginChurnTests : IAsyncLifetime
{
    private const int Reloads = 200;
    private const int Allowed = 10 * 1024 * 1024;

    // 500 a second.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly TestHost test = new();
    private readonly List<string> heard = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => test.DisposeAsync().AsTask();

    [Fact]
    public async Task Two_hundred_reloads_lose_no_event_handle_none_twice_and_leave_nothing_in_memory()
    {
        AppContext.SetData("probe", (Action<string>)heard.Add);
        test.Install("Churn");
        test.Set("Churn", "events", "count");
        await test.RunAsync();
        for (var i = 0; i < 5; i++)
            await test.Control.ReloadAsync("Churn", default); // What is made once, and what the runtime compiles, is there then.
        var before = GC.GetTotalMemory(forceFullCollection: true);

        using var enough = new CancellationTokenSource();
        var firing = Task.Run(() => FireAsync(enough.Token));
        for (var i = 0; i < Reloads; i++)
            Assert.Equal(PluginState.Active, (await test.Control.ReloadAsync("Churn", default)).State);
        await enough.CancelAsync();
        var fired = await firing;

        var report = test.Control.Plugins[0];
        Assert.Equal((Reloads + 6, 0), (report.Generation, report.Faults));
        Assert.Empty(report.Leftovers);
        Assert.Equal(1, LivingContexts());
        Assert.Equal(Enumerable.Range(0, fired).Select(number => $"1.0.0 {number}"), heard);
        heard.Clear();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Allowed);
        AppContext.SetData("probe", null);
    }

    // Each in a turn of its own, as fast as is wanted on average, so that they fall before, after and between the turns of a reload.
    private async Task<int> FireAsync(CancellationToken enough)
    {
        var clock = Stopwatch.StartNew();
        var number = 0;
        while (!enough.IsCancellationRequested)
        {
            for (; number * Pace < clock.Elapsed; number++)
            {
                var now = number;
                await test.Loop.InvokeAsync(() =>
                {
                    test.Bus.Fire(new Numbered(now));
                    return Task.CompletedTask;
                });
            }
            await Task.Delay(Pace, TimeProvider.System, CancellationToken.None);
        }
        return number;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LivingContexts() =>
        AssemblyLoadContext.All.Count(context => context.Assemblies.Any(assembly => assembly.Location.Contains("/Churn/", StringComparison.Ordinal)));

    private sealed record Numbered(int Number) : QubesEvent(Subject: null)
    {
        public override string WireName => $"{Number}";
    }
}
