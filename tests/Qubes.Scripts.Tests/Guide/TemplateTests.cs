using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Guide;

/// <summary>What <c>dotnet new qubes-policy</c> makes is a policy that decides.</summary>
public sealed class TemplateTests : IAsyncLifetime
{
    private ScriptWorld world = null!;

    public async Task InitializeAsync()
    {
        world = await ScriptWorld.StartAsync();
        File.Copy(AppContext.BaseDirectory + "/template/my-policy.csx", world.Own + "/my-policy.csx");
        await world.Host.RefreshAsync(default);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(2, 0, 0, 3)]
    [InlineData(2, 11, 0, 1)]
    [InlineData(0, 0, 2, 3)]
    public async Task A_new_policy_follows_requests_and_announcements(int requests, int minutesAgo, int announced, int expected)
    {
        Assert.Equal((ScriptState.Active, null), (await world.OnLoop(() => world.Host.All)).Select(s => (s.State, s.Message)).Single());
        var view = await world.ViewAsync();

        var decision = await world.DecisionAsync("my-policy", view with
        {
            Demand = new([.. Enumerable.Repeat(view.Now.AddMinutes(-minutesAgo), requests)], new double[24]),
            Batch = new(announced, announced, null),
        });

        Assert.Equal((Math.Min(expected, view.Max), null), (decision.Count, decision.Fault));
    }
}
