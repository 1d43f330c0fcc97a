using Qubes.Plugins.AdminApi.Streams;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Streams;

public sealed class BackPressureTests
{
    [Fact]
    public void More_events_than_the_queue_holds_end_the_stream()
    {
        int overflows = 0;
        var stream = new EventStream(() => overflows++);
        for (int i = 0; i < EventStream.MaxEvents; i++)
            stream.Enqueue([1]);
        Assert.False(stream.HasOverflowed);
        stream.Enqueue([1]);
        stream.Enqueue([1]);
        Assert.True(stream.HasOverflowed);
        Assert.Equal(1, overflows);
    }

    [Fact]
    public void More_bytes_than_the_queue_holds_end_the_stream()
    {
        var stream = new EventStream(() => { });
        stream.Enqueue(new byte[EventStream.MaxBytes]);
        Assert.False(stream.HasOverflowed);
        stream.Enqueue([1]);
        Assert.True(stream.HasOverflowed);
    }

    [Fact]
    public async Task A_listener_that_does_not_read_is_dropped_and_others_lose_nothing()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient idle = await daemon.ListenAsync();
        using StreamClient busy = await daemon.ListenAsync();
        Assert.NotNull(await idle.NextAsync());
        Assert.NotNull(await busy.NextAsync());

        const int Rounds = 200;
        string value = new('x', 16 * 1024);
        for (int i = 0; i < Rounds; i++)
        {
            await daemon.FireAsync(new FeatureSet(daemon.Work, $"f{i}", value, null));
            Assert.Contains($"domain-feature-set:f{i}\0", await busy.NextAsync(), StringComparison.Ordinal);
        }
        string received = await idle.RestAsync();
        Assert.True(received.Length < Rounds * value.Length);
    }
}
