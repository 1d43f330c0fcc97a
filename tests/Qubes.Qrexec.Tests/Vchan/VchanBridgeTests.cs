using System.Security.Cryptography;
using Qubes.Qrexec.Tests.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Vchan;

public sealed class VchanBridgeTests
{
    [Fact]
    public async Task What_was_written_before_closing_arrives_on_the_other_side_which_then_closes_too()
    {
        var (near, nearBridge) = await SocketPair.CreateAsync();
        var (farBridge, far) = await SocketPair.CreateAsync();
        var bridge = VchanBridge.RunAsync(new UnixVchan(nearBridge), new UnixVchan(farBridge), default);
        await using var caller = new UnixVchan(near);
        await using var service = new UnixVchan(far);
        var data = RandomNumberGenerator.GetBytes(2_000_000);
        var writing = WriteAndCloseAsync(service, data);
        Assert.Equal(data, await ReadAllAsync(caller));
        await writing;
        Assert.Equal((0L, 2_000_000L), await bridge);
    }

    [Fact]
    public async Task The_last_words_of_a_side_that_closed_while_being_written_to_are_delivered()
    {
        var (near, nearBridge) = await SocketPair.CreateAsync();
        var (farBridge, far) = await SocketPair.CreateAsync();
        await using var caller = new UnixVchan(near);
        var service = new UnixVchan(far);
        await service.WriteAsync("last words"u8.ToArray(), default);
        await service.DisposeAsync();
        await caller.WriteAsync(new byte[1000], default);
        var bridge = VchanBridge.RunAsync(new UnixVchan(nearBridge), new UnixVchan(farBridge), default);
        Assert.Equal("last words"u8.ToArray(), await ReadAllAsync(caller));
        await bridge;
    }

    [Fact]
    public async Task Cancelling_closes_both()
    {
        var (near, nearBridge) = await SocketPair.CreateAsync();
        var (farBridge, far) = await SocketPair.CreateAsync();
        using var stop = new CancellationTokenSource();
        var bridge = VchanBridge.RunAsync(new UnixVchan(nearBridge), new UnixVchan(farBridge), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bridge);
        await using var caller = new UnixVchan(near);
        await using var service = new UnixVchan(far);
        Assert.Equal(0, await caller.ReadAsync(new byte[1], default));
        Assert.Equal(0, await service.ReadAsync(new byte[1], default));
    }

    private static async Task WriteAndCloseAsync(UnixVchan vchan, byte[] data)
    {
        await vchan.WriteAsync(data, default);
        await vchan.DisposeAsync();
    }

    private static async Task<byte[]> ReadAllAsync(UnixVchan vchan)
    {
        var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await vchan.ReadAsync(buffer, default) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }
}
