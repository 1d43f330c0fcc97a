namespace Qubes.Kernel.Tests.Loop;

public sealed class WatchdogTests : IAsyncLifetime
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(51);

    private readonly LoopFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task A_turn_of_50_ms_is_not_logged()
    {
        await fixture.Do(() => fixture.Clock.Advance(TimeSpan.FromMilliseconds(50)));
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task A_longer_call_is_logged_by_the_name_of_its_work()
    {
        await fixture.Loop.InvokeAsync(HoldsTheLoop);
        Assert.Equal(["Kernel loop: WatchdogTests.HoldsTheLoop held the loop for 51 ms"], fixture.Logged);
    }

    [Fact]
    public async Task A_lambda_is_logged_by_the_method_it_is_written_in()
    {
        fixture.Loop.Post(() => fixture.Clock.Advance(TooLong));
        await fixture.Do(() => { });
        Assert.Equal(
            [$"Kernel loop: WatchdogTests.{nameof(A_lambda_is_logged_by_the_method_it_is_written_in)} held the loop for 51 ms"],
            fixture.Logged);
    }

    [Fact]
    public async Task What_follows_an_await_is_logged_by_the_async_method_it_is_in()
    {
        await fixture.Loop.InvokeAsync(async () => await HoldsTheLoopLater());
        Assert.Equal(["Kernel loop: WatchdogTests.HoldsTheLoopLater held the loop for 51 ms"], fixture.Logged);
    }

    [Fact]
    public async Task A_long_commit_is_logged_as_such()
    {
        fixture.State.OnCommit = () => fixture.Clock.Advance(TooLong);
        await fixture.Do(fixture.State.Change);
        Assert.Equal(["Kernel loop: saving the state took 51 ms"], fixture.Logged);
    }

    private Task HoldsTheLoop()
    {
        fixture.Clock.Advance(TooLong);
        return Task.CompletedTask;
    }

    private async Task HoldsTheLoopLater()
    {
        await Task.Yield();
        fixture.Clock.Advance(TooLong);
    }
}
