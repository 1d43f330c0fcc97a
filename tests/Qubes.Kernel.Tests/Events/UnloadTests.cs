using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Qubes.Kernel.Events;
using Qubes.Kernel.Tests.Plugins;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Events;

/// <summary>This assembly, loaded a second time, stands for a plugin.</summary>
public sealed class UnloadTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task An_owners_end_lets_its_assembly_be_unloaded_though_it_kept_its_subscriptions()
    {
        var context = await UseAndEndAsync();
        Collected.Assert(context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> UseAndEndAsync()
    {
        var context = new AssemblyLoadContext("plugin", isCollectible: true);
        await fixture.OnLoop(() => UseAsync(context));
        var reference = new WeakReference(context);
        context.Unload();
        return reference;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task UseAsync(AssemblyLoadContext context)
    {
        var plugin = context.LoadFromAssemblyPath(typeof(LeakyPlugin).Assembly.Location).GetType(typeof(LeakyPlugin).FullName!)!;
        Assert.NotSame(typeof(LeakyPlugin), plugin);
        var bus = fixture.Bus.ForOwner("leaky", EventRank.FirstPlugin);
        var used = (Task<int>)plugin.GetMethod(nameof(LeakyPlugin.UseAsync))!.Invoke(null, [bus])!;
        Assert.Equal(4, await used);
        bus.Dispose();
        fixture.Bus.Fire(new Happened());
    }
}

/// <summary>Subscribes in every way, to events of its own too, and never unsubscribes.</summary>
public static class LeakyPlugin
{
    private static int received;

    public static async Task<int> UseAsync(IEventBus bus)
    {
        bus.Subscribe<QubesEvent>(_ => received++);
        bus.Subscribe<Happened>(_ => received++);
        bus.SubscribeAsync<HappenedSlowly>(async (_, _) =>
        {
            await Task.Yield();
            received++;
        });
        bus.Fire(new Happened());
        await bus.FireAsync(new HappenedSlowly(), default);
        return received;
    }
}
