using System.Diagnostics;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Testing.Time;
using Xunit.Abstractions;
using QrexecClient = Qubes.Qrexec.Data.HostClient;

namespace Qubes.Plugins.Qrexec.Tests.Ports;

public sealed class DataRelayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Much_data_arrives_completely()
    {
        await using TestHost host = await TestHost.StartAsync();
        const int Total = 64 * 1024 * 1024;
        using var counter = new CountingStream();
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, (await host.CallAsync($"u:flood {Total}", output: counter)).Status);
        double down = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.Equal(Total, counter.Written);

        start = Stopwatch.GetTimestamp();
        using var zeros = new ZeroStream(Total);
        Assert.Equal(0, (await host.CallAsync("u:sink", zeros)).Status);
        double up = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"guest to host {Total / down / 1e6:F0} MB/s, host to guest {Total / up / 1e6:F0} MB/s");
    }

    [Fact]
    public async Task A_client_that_does_not_serve_its_vchan_in_time_loses_the_connection()
    {
        var time = new VirtualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(time);
        host.Guest.Service = null;
        await using QrexecClient client = await host.ConnectAsync();
        ExecParameters port = await client.StartAsync(
            MessageType.ExecCmdline, new ExecRequest(new(0, 0), "u:sink"), CancellationToken.None);
        await using GuestChannel channel = host.Guest.Link.Open(new(0, port.Port));
        ValueTask<int> reading = channel.ReadAsync(new byte[1], CancellationToken.None);
        Task<string> noServer = host.Log.NextAsync(2109);
        while (!noServer.IsCompleted)
        {
            time.Advance(DataRelays.Patience / 10);
            await Task.Yield();
        }
        Assert.Equal(0, await reading);
    }
}
