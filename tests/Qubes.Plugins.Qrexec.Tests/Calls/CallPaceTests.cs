using Qubes.Plugins.Qrexec.Calls;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

public sealed class CallPaceTests
{
    private readonly VirtualTimeProvider time = new();

    [Fact]
    public async Task A_burst_is_free_and_what_comes_after_it_waits_its_turn()
    {
        var pace = new CallPace(time);
        for (int i = 0; i < CallPace.Burst; i++)
            Assert.True(pace.KeepAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        for (int i = 0; i < 10; i++)
        {
            Task next = pace.KeepAsync(CancellationToken.None).AsTask();
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1.0 / CallPace.Rate) + TimeSpan.FromTicks(1));
            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Rest_gives_the_burst_back_but_no_more()
    {
        var pace = new CallPace(time);
        for (int i = 0; i < CallPace.Burst; i++)
            await pace.KeepAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < CallPace.Burst; i++)
            Assert.True(pace.KeepAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.False(pace.KeepAsync(CancellationToken.None).AsTask().IsCompleted);
    }
}
