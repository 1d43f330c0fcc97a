using System.Runtime.Loader;
using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Running;

public sealed class ReloadTests : IAsyncLifetime
{
    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Files_are_followed_when_they_are_new_changed_in_place_renamed_over_and_removed()
    {
        world.Put("live", Policy(1));
        await UntilDecidedAsync(1);
        File.WriteAllText(world.Own + "/live.csx", Policy(2));
        await UntilDecidedAsync(2);
        world.Put("live", Policy(3));
        await UntilDecidedAsync(3);
        File.Delete(world.Own + "/live.csx");
        await world.UntilAsync(() => world.Policy("live") is null && world.Host.All.Count == 0);
    }

    [Fact]
    public async Task A_changed_file_that_is_loaded_is_followed()
    {
        Directory.CreateDirectory(world.Own + "/parts");
        File.WriteAllText(world.Own + "/parts/n.csx", "int N() => 1;");
        await world.WriteAsync("live", "#load \"parts/n.csx\"\nPolicy(\"live\", v => new(N(), \"n\"));");
        await UntilDecidedAsync(1);
        File.WriteAllText(world.Own + "/parts/n.csx", "int N() => 4;");
        await UntilDecidedAsync(4);
    }

    [Fact]
    public async Task The_last_good_version_goes_on_when_the_new_one_does_not_compile()
    {
        await world.WriteAsync("live", Policy(1));
        var status = await world.WriteAsync("live", "nonsense");
        Assert.Equal(ScriptState.Active, status.State);
        Assert.Contains("live.csx:1:1: ", status.Message);
        Assert.Equal(1, (await world.AskAsync("live")).Count);

        status = await world.WriteAsync("live", Policy(1));
        Assert.Null(status.Message);
        Assert.Equal(1, Loaded());
    }

    [Fact]
    public async Task No_event_is_lost_or_handled_twice_while_a_script_is_reloaded()
    {
        await world.WriteAsync("count", Counting(0));
        var isOver = false;
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                await world.OnLoop(() => world.Qubes.Find("work").Features.Set("n", $"{sent++}"));
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        });
        for (var version = 1; version <= 5; version++)
            await world.WriteAsync("count", Counting(version));
        Volatile.Write(ref isOver, true);
        await sending;

        await world.UntilAsync(() => world.Logged.Count(l => l.StartsWith("seen ", StringComparison.Ordinal)) >= sent);
        var seen = world.Logged.Where(l => l.StartsWith("seen ", StringComparison.Ordinal)).Select(l => int.Parse(l.Split(' ')[1])).Order();
        Assert.Equal(Enumerable.Range(0, sent), seen);
    }

    [Fact]
    public async Task Two_hundred_reloads_leave_no_memory_and_no_version_behind()
    {
        // The compiler's own memory is not what is measured: both texts are compiled before.
        for (var i = 0; i < 4; i++)
            await ReloadAsync(i);
        var before = await SettledAsync();
        for (var i = 0; i < 200; i++)
            await ReloadAsync(i);
        var after = await SettledAsync();

        Assert.Equal(1, Loaded());
        Assert.True(after - before < 10 << 20, $"{(after - before) >> 10} KiB more");
        Assert.Equal(1, Directory.EnumerateDirectories("/proc/self/task").Count(t => File.ReadAllText(t + "/comm").StartsWith("script live", StringComparison.Ordinal)));
    }

    private async Task ReloadAsync(int i)
    {
        await world.WriteAsync("live", $$"""
            var kept = new byte[100_000];
            On<FeatureSet>(e => kept[0]++);
            Refuse<FeatureSetting>(e => null);
            ChooseTemplate(r => null);
            {{Policy(1 + i % 2)}}
            """);
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("n", $"{i}"));
        Assert.Equal(1 + i % 2, (await world.AskAsync("live")).Count is var c && c == 1 + i % 2 ? c : await LaterAsync(1 + i % 2));
    }

    private async Task<int> LaterAsync(int count)
    {
        await UntilDecidedAsync(count);
        return count;
    }

    private static async Task<long> SettledAsync()
    {
        for (var i = 0; i < 200 && (Loaded() > 1 || i < 3); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Loaded() => AssemblyLoadContext.All.Count(c => c.Name == "script live");

    private async Task UntilDecidedAsync(int count)
    {
        var view = await world.ViewAsync();
        await world.UntilAsync(() => world.Policy("live")?.TargetOf(view).Count == count);
    }

    private static string Policy(int count) => $$"""Policy("live", v => new({{count}}, "so many"));""";

    private static string Counting(int version) =>
        $$"""var version = {{version}}; On<FeatureSet>(e => { if (e.Feature == "n") Log($"seen {e.Value} by {version}"); });""";
}
