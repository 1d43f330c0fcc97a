using System.Net.Sockets;
using System.Security.Cryptography;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Link;

public sealed class CloneConnectionTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly LinkOptions Options = new() { Window = 64 * 1024 };
    private static readonly VchanAddress Control = new(0, 512);

    [Fact]
    public async Task A_guest_that_was_sealed_takes_an_identity_over_the_next_connection_and_then_serves()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        using var socket = host;
        var peer = new GuestPeer(guest, 65536);
        var link = await LinkConnection.ConnectAsync(new NetworkStream(host), Options, TimeProvider.System, default);
        await link.SealAsync(default).WaitAsync(Bound);
        await link.DisposeAsync();

        var (copy, channel, sample) = await ConnectAsync(host, owns: false);
        await using var disposal = copy;
        Assert.Equal(SHA256.HashData(LinkIdentityTests.Sample.Seed), sample);
        Assert.Equal("disp1234", peer.Identity!.Name);
        await channel.WriteAsync("served"u8.ToArray(), default);
        var echo = new byte[6];
        for (var count = 0; count < echo.Length;)
            count += await channel.ReadAsync(echo.AsMemory(count), default).AsTask().WaitAsync(Bound);
        Assert.Equal("served"u8.ToArray(), echo);
        Assert.Equal([Control], peer.Opens);
    }

    [Fact]
    public async Task Greeting_identity_and_channel_go_out_at_once()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536, isSealed: true);
        await using var copy = (await ConnectAsync(host)).Link;
        Assert.Equal(Greeting.Size + LinkFrame.Size + LinkIdentityTests.Sample.Encode().Length + LinkFrame.Size + LinkFrame.OpenPayload, peer.FirstPiece);
    }

    [Theory]
    [InlineData(IdentityOutcome.Malformed)]
    [InlineData(IdentityOutcome.Entropy)]
    [InlineData(IdentityOutcome.BootId)]
    public async Task What_the_guest_could_not_do_is_said(IdentityOutcome outcome)
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var peer = new GuestPeer(guest, 65536, isSealed: true) { Outcome = outcome };
        var refusal = await Assert.ThrowsAsync<IdentityRefusedException>(() => ConnectAsync(host));
        Assert.Equal(outcome, refusal.Outcome);
        Assert.Empty(peer.Opens);
        await peer.Running.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_seal_that_failed_is_said_too()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        _ = new GuestPeer(guest, 65536) { Outcome = IdentityOutcome.Services };
        await using var link = await LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        var refusal = await Assert.ThrowsAsync<IdentityRefusedException>(() => link.SealAsync(default).WaitAsync(Bound));
        Assert.Equal(IdentityOutcome.Services, refusal.Outcome);
    }

    [Fact]
    public async Task An_agent_of_an_older_version_is_not_asked_to_seal_itself()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        using var socket = guest;
        var connecting = LinkConnection.ConnectAsync(new NetworkStream(host, true), Options, TimeProvider.System, default);
        await guest.SendAsync(Wire.GreetingOf(await NonceAsync(guest, skip: LinkFrame.MaxPayload + 2 * LinkFrame.Size), version: 1));
        await using var link = await connecting.WaitAsync(Bound);
        await Assert.ThrowsAsync<NotSupportedException>(() => link.SealAsync(default));
    }

    [Fact]
    public async Task A_copy_that_opens_a_channel_first_is_a_violation()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        using var socket = guest;
        var connecting = ConnectAsync(host);
        await guest.SendAsync((byte[])[.. Wire.GreetingOf(await NonceAsync(guest, skip: 0)), 1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0]);
        await Assert.ThrowsAsync<LinkViolationException>(() => connecting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_that_hangs_up_has_no_identity(bool greets)
    {
        var (host, guest) = await SocketPair.CreateAsync();
        var connecting = ConnectAsync(host);
        var nonce = await NonceAsync(guest, skip: 0);
        if (greets)
            await guest.SendAsync(Wire.GreetingOf(nonce));
        guest.Dispose();
        await Assert.ThrowsAsync<EndOfStreamException>(() => connecting);
    }

    [Fact]
    public async Task A_copy_that_says_nothing_is_given_up_and_hung_up_on()
    {
        var (host, guest) = await SocketPair.CreateAsync();
        using var socket = guest;
        using var deadline = new CancellationTokenSource();
        var connecting = LinkConnection.ConnectCloneAsync(new NetworkStream(host, true), LinkIdentityTests.Sample, Control, Options, deadline.Token);
        await NonceAsync(guest, skip: 0);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Bound));
        while (await guest.ReceiveAsync(new byte[1000]).WaitAsync(Bound) > 0)
        {
            // What had been sent before.
        }
    }

    private static Task<IdentifiedLink> ConnectAsync(Socket host, bool owns = true) => LinkConnection.ConnectCloneAsync(
        new NetworkStream(host, owns), LinkIdentityTests.Sample, Control, Options, CancellationToken.None).WaitAsync(Bound);

    private static async Task<Guid> NonceAsync(Socket guest, int skip)
    {
        var opening = new byte[skip + Greeting.Size];
        for (var count = 0; count < opening.Length;)
            count += await guest.ReceiveAsync(opening.AsMemory(count)).AsTask().WaitAsync(Bound);
        return Greeting.TryRead(opening.AsSpan(skip))!.Value.Nonce;
    }
}
