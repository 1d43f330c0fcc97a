using Qubes.Plugins.Qrexec.Memory;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.Memory;

public sealed class ReportPaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly VirtualTimeProvider time = new();

    [Fact]
    public async Task A_few_come_at_once_then_one_in_each_interval()
    {
        var pace = new ReportPace(Interval, time);
        for (int i = 0; i < ReportPace.Burst; i++)
            Assert.True(pace.KeepAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        for (int i = 0; i < 5; i++)
        {
            Task next = pace.KeepAsync(CancellationToken.None).AsTask();
            Assert.False(next.IsCompleted);
            time.Advance(Interval + TimeSpan.FromTicks(1));
            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Whoever_waits_can_give_up()
    {
        var pace = new ReportPace(Interval, time);
        for (int i = 0; i < ReportPace.Burst; i++)
            await pace.KeepAsync(CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        Task next = pace.KeepAsync(giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }
}
