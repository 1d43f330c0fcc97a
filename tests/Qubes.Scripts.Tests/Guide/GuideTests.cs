using System.Text.RegularExpressions;
using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Guide;

/// <summary>Every block of code of docs/policy-guide.md is compiled and run.</summary>
public sealed partial class GuideTests : IAsyncLifetime
{
    private ScriptWorld world = null!;

    private static string Text { get; } = File.ReadAllText(AppContext.BaseDirectory + "/policy-guide.md");

    private static List<(string File, string Code)> Blocks { get; } =
        [.. Block().Matches(Text).Select(m => m.Groups[1].Value).Select(code => (Name().Match(code).Groups[1].Value, code))];

    public async Task InitializeAsync()
    {
        world = await ScriptWorld.StartAsync();
        Directory.CreateDirectory(world.Own + "/parts");
        foreach (var (file, code) in Blocks)
            await File.WriteAllTextAsync($"{world.Own}/{file}", code);
        await world.Host.RefreshAsync(default);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Every_block_is_a_script_that_works()
    {
        Assert.Equal(["lunch.csx", "at-least.csx", "house-rules.csx", "counting.csx", "parts/clock.csx", "weekdays.csx"], Blocks.Select(b => b.File));
        Assert.Equal(Text.Split("```csharp").Length - 1, Blocks.Count);
        var all = await world.OnLoop(() => world.Host.All);
        Assert.Equal(5, all.Count);
        Assert.All(all, s => Assert.Equal((s.Name, ScriptState.Active, null), (s.Name, s.State, s.Message)));
    }

    [Fact]
    public async Task Every_policy_decides_and_every_handler_runs()
    {
        var view = await world.ViewAsync();
        foreach (var policy in new[] { "lunch", "at-least", "weekdays" })
        {
            foreach (var now in new[] { view.Now, view.Now.AddHours(2), view.Now.AddDays(4) })
                Assert.Null((await world.DecisionAsync(policy, view with { Now = now, Demand = new([now], new double[24]) })).Fault);
        }
        Assert.Equal(0, (await world.DecisionAsync("lunch", view with { Now = view.Now.AddHours(2) })).Count);
        Assert.Equal(0, (await world.DecisionAsync("weekdays", view with { Now = view.Now.AddDays(4) })).Count);

        await world.OnLoop(() => world.Qubes.Find("dvm").Features.Set("preload-at-least", "3"));
        Assert.Equal(3, (await world.DecisionAsync("at-least", view)).Count);
        await world.UntilAsync(() => world.Logged.Contains("domain-feature-set:preload-at-least of dvm"));
        Assert.All(await world.OnLoop(() => world.Host.All), s => Assert.Equal(0, s.Faults));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\A// ([a-z/-]+\.csx)")]
    private static partial Regex Name();
}
