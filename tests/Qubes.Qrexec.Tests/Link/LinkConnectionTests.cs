using System.Net.Sockets;
using System.Security.Cryptography;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Link;

public sealed class LinkConnectionTests
{
    private static readonly LinkOptions Options = new() { Window = 64 * 1024 };

    [Fact]
    public async Task Everything_written_to_many_channels_comes_back_to_each()
    {
        await using var link = await ConnectAsync();
        await Task.WhenAll(Enumerable.Range(513, 20).Select(async port =>
        {
            await using var channel = link.OpenChannel(new VchanAddress(0, port));
            var data = RandomNumberGenerator.GetBytes(1_000_000 + port);
            var writing = channel.WriteAsync(data, default).AsTask();
            Assert.Equal(data, await ReadAsync(channel, data.Length));
            await writing;
        }));
    }

    [Fact]
    public async Task A_stalled_reader_and_a_stalled_guest_hold_up_only_their_own_channels()
    {
        await using var link = await ConnectAsync();
        await using var unread = link.OpenChannel(new VchanAddress(0, 601));
        await using var stuck = link.OpenChannel(new VchanAddress(0, 600));
        using var stop = new CancellationTokenSource();
        var stuckWrite = stuck.WriteAsync(new byte[1_000_000], stop.Token).AsTask();
        await using var live = link.OpenChannel(new VchanAddress(0, 513));
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        var writing = live.WriteAsync(data, default).AsTask();
        Assert.Equal(data, await ReadAsync(live, data.Length));
        await writing;
        Assert.False(stuckWrite.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuckWrite);
        Assert.Equal(200_000, (await ReadAsync(unread, 200_000)).Length);
    }

    [Fact]
    public async Task A_channel_that_the_guest_opens_arrives_with_its_data()
    {
        await using var link = await ConnectAsync(opens: new VchanAddress(7, 514));
        await using var channel = await link.Incoming.ReadAsync();
        Assert.Equal(new VchanAddress(7, 514), channel.Address);
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(channel, 5));
    }

    [Fact]
    public async Task A_new_host_that_cuts_into_a_frame_of_the_old_one_is_understood()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536);
        var first = new CutStream(host);
        var link = await LinkConnection.ConnectAsync(first, Options, TimeProvider.System, default);
        var channel = link.OpenChannel(new VchanAddress(0, 513));
        await channel.WriteAsync("a"u8.ToArray(), default);
        Assert.Single(await ReadAsync(channel, 1));
        first.CutAfter = 20_000;
        await channel.WriteAsync(new byte[50_000], default);
        await link.Completion;

        await using var second = await LinkConnection.ConnectAsync(new NetworkStream(host), Options, TimeProvider.System, default);
        await using var again = second.OpenChannel(new VchanAddress(0, 513));
        await again.WriteAsync("fresh"u8.ToArray(), default);
        Assert.Equal("fresh"u8.ToArray(), await ReadAsync(again, 5));
        Assert.Equal(1, peer.Interruptions);
    }

    [Fact]
    public async Task A_guest_that_never_greets_is_given_up_after_the_timeout_and_tried_again_with_a_new_stream()
    {
        var time = new StepTime();
        var attempts = 0;
        var peers = new List<GuestPeer>();
        using var stop = new CancellationTokenSource();
        var connecting = LinkConnection.ConnectAsync(async _ =>
        {
            var (host, guest) = await SocketPair.CreateAsync();
            if (++attempts >= 3)
                peers.Add(new GuestPeer(guest, 65536));
            return new NetworkStream(host, true);
        }, Options, time, stop.Token);
        while (!connecting.IsCompleted)
        {
            time.FireAll();
            await Task.Yield();
        }

        await using var link = await connecting;
        Assert.True(attempts >= 3);
        await link.PingAsync(default);
    }

    [Fact]
    public async Task A_violation_closes_the_link_and_says_why()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var connecting = LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        var greeting = new byte[LinkFrame.Size * 2 + LinkFrame.MaxPayload + Greeting.Size];
        for (var got = 0; got < greeting.Length;)
            got += await guest.ReceiveAsync(greeting.AsMemory(got));
        await guest.SendAsync(greeting.AsMemory(greeting.Length - Greeting.Size));
        var link = await connecting;
        var channel = link.OpenChannel(new VchanAddress(0, 512));
        await guest.SendAsync(new byte[] { 99, 0, 0, 0, 0, 0, 0, 0 });
        await Assert.ThrowsAsync<LinkViolationException>(() => link.Completion);
        Assert.Equal(0, await channel.ReadAsync(new byte[1], default));
        await Assert.ThrowsAsync<VchanClosedException>(() => channel.WriteAsync(new byte[1], default).AsTask());
        Assert.Throws<VchanClosedException>(() => link.OpenChannel(new VchanAddress(0, 513)));
        guest.Dispose();
    }

    [Fact]
    public async Task The_end_of_the_stream_closes_channels_and_is_no_fault()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536);
        await using var link = await LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        var channel = link.OpenChannel(new VchanAddress(0, 512));
        await link.PingAsync(default);
        guest.Shutdown(SocketShutdown.Both);
        await link.Completion;
        Assert.Equal(0, await channel.ReadAsync(new byte[1], default));
        await Assert.ThrowsAsync<VchanClosedException>(async () => await link.PingAsync(default));
        await peer.Running;
    }

    [Fact]
    public async Task A_power_off_request_reaches_the_guest()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536);
        await using var link = await LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        await link.RequestPowerOffAsync(default);
        await link.PingAsync(default);
        Assert.True(peer.PowerOffSeen);
    }

    [Fact]
    public async Task The_guest_is_told_the_time_to_the_second()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536);
        await using var link = await LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        var time = new DateTimeOffset(2026, 11, 21, 17, 0, 3, TimeSpan.Zero);
        link.TellTime(time + TimeSpan.FromMilliseconds(700));
        await link.PingAsync(default);
        Assert.Equal(time, peer.TimeSeen);
    }

    private static async Task<LinkConnection> ConnectAsync(VchanAddress? opens = null)
    {
        var (host, guest) = await SocketPair.CreateAsync();
        _ = new GuestPeer(guest, 65536) { OpenAtOnce = opens };
        return await LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
    }

    private static async Task<byte[]> ReadAsync(LinkChannel channel, int length)
    {
        var data = new byte[length];
        for (var count = 0; count < length;)
        {
            var read = await channel.ReadAsync(data.AsMemory(count), default);
            Assert.NotEqual(0, read);
            count += read;
        }

        return data;
    }
}
