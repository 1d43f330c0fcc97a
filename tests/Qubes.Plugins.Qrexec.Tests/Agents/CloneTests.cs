using System.Globalization;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Link;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

public sealed class CloneTests
{
    private static readonly GuestIdentity Identity = new("disp7", QubeClass.DispVM, "bob");
    private static readonly byte[] OpenFrame = [1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0];

    [Fact]
    public async Task A_copy_is_told_who_it_is_and_then_serves()
    {
        await using TestHost host = await CopyAsync();
        await ConnectAsync(host);
        Assert.True(host.Agents.IsConnected(host.Qube));
        LinkIdentity told = host.Guest.Link.Identity!;
        Assert.Equal(("disp7", "DispVM", "bob"), (told.Name, told.Class, told.User));
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - told.Time / 1_000_000_000, 0, 60);
        Assert.Equal('4', told.MachineId.ToString("N", CultureInfo.InvariantCulture)[12]);
        Assert.NotEqual(told.MachineId, told.BootId);
        Assert.NotEqual(new byte[LinkIdentity.SeedSize], told.Seed);
        Assert.Equal(3, (await host.CallAsync("u:exit 3")).Status);
    }

    [Fact]
    public async Task Two_copies_are_told_nothing_that_is_the_same()
    {
        await using TestHost host = await CopyAsync();
        await ConnectAsync(host);
        var (other, guest) = await host.AddAsync("other", 8, connects: false);
        guest.Link.BecomeCopy();
        await host.Agents.ConnectCloneAsync(other.Qube, Identity, CancellationToken.None).WaitAsync(FakeGuest.Patience);
        LinkIdentity first = host.Guest.Link.Identity!, second = guest.Link.Identity!;
        Assert.NotEqual(first.Seed, second.Seed);
        Assert.NotEqual(first.MachineId, second.MachineId);
        Assert.NotEqual(first.BootId, second.BootId);
    }

    [Fact]
    public async Task Without_a_default_user_the_qubes_own_is_told()
    {
        await using TestHost host = await CopyAsync();
        await host.Agents.ConnectCloneAsync(host.Qube, Identity with { DefaultUser = "" }, CancellationToken.None).WaitAsync(FakeGuest.Patience);
        Assert.Equal("alice", host.Guest.Link.Identity!.User);
    }

    [Fact]
    public async Task A_copy_whose_line_drops_later_is_connected_like_any_guest()
    {
        await using TestHost host = await CopyAsync();
        await ConnectAsync(host);
        LinkIdentity told = host.Guest.Link.Identity!;
        host.Guest.Link.Drop();
        await host.Log.NextAsync(2101);
        await host.Log.NextAsync(2100);
        Assert.Equal(4, (await host.CallAsync("u:exit 4")).Status);
        Assert.Same(told, host.Guest.Link.Identity);
    }

    [Theory]
    [InlineData(IdentityOutcome.Malformed, "understand")]
    [InlineData(IdentityOutcome.NotSealed, "not sealed")]
    [InlineData(IdentityOutcome.FailedBefore, "before")]
    [InlineData(IdentityOutcome.Generator, "/dev/random")]
    [InlineData(IdentityOutcome.Entropy, "credited")]
    [InlineData(IdentityOutcome.Reseed, "reseeded")]
    [InlineData(IdentityOutcome.Clock, "clock")]
    [InlineData(IdentityOutcome.HostName, "host name")]
    [InlineData(IdentityOutcome.MachineId, "machine id")]
    [InlineData(IdentityOutcome.BootId, "boot id")]
    [InlineData(IdentityOutcome.Sample, "gave nothing")]
    [InlineData(IdentityOutcome.Services, "services")]
    public async Task What_a_copy_could_not_do_is_said_and_it_is_not_connected(IdentityOutcome outcome, string words)
    {
        await using TestHost host = await CopyAsync();
        host.Guest.Link.Outcome = outcome;
        await RefusedAsync(host, words);
    }

    [Fact]
    public async Task A_copy_that_draws_what_another_drew_is_not_connected()
    {
        await using TestHost host = await CopyAsync();
        await ConnectAsync(host);
        var (other, guest) = await host.AddAsync("other", 8, connects: false);
        guest.Link.BecomeCopy();
        guest.Link.Sample = System.Security.Cryptography.SHA256.HashData(host.Guest.Link.Identity!.Seed);
        var refusal = await Assert.ThrowsAsync<QubeException>(() =>
            host.Agents.ConnectCloneAsync(other.Qube, Identity, CancellationToken.None).WaitAsync(FakeGuest.Patience));
        Assert.Contains("same random numbers", refusal.Message, StringComparison.Ordinal);
        Assert.False(host.Agents.IsConnected(other.Qube));
        Assert.True(host.Agents.IsConnected(host.Qube));
    }

    [Fact]
    public async Task A_copy_that_opens_a_channel_first_is_hung_up_on()
    {
        await using TestHost host = await ScriptedAsync();
        using var copy = new ScriptedCopy(host.AgentSocketPath);
        Task refused = RefusedAsync(host, "broke the rules");
        await copy.SayAsync([.. await copy.GreetedAsync(), .. OpenFrame]);
        await refused;
        await copy.HungUpAsync().WaitAsync(FakeGuest.Patience);
        Assert.False(copy.IsWaitedFor);
    }

    [Fact]
    public async Task A_copy_that_speaks_garbage_is_hung_up_on()
    {
        await using TestHost host = await ScriptedAsync();
        using var copy = new ScriptedCopy(host.AgentSocketPath);
        Task refused = RefusedAsync(host, "broke the rules");
        await copy.SayAsync([.. await copy.GreetedAsync(), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        await refused;
        Assert.False(copy.IsWaitedFor);
    }

    [Fact]
    public async Task A_copy_that_hangs_up_is_not_tried_again()
    {
        await using TestHost host = await ScriptedAsync();
        using var copy = new ScriptedCopy(host.AgentSocketPath);
        Task refused = RefusedAsync(host, "closed");
        await copy.SayAsync(await copy.GreetedAsync());
        copy.HangUp();
        await refused;
        Assert.False(copy.IsWaitedFor);
    }

    [Fact]
    public async Task A_copy_that_says_nothing_is_given_up_at_the_deadline()
    {
        await using TestHost host = await ScriptedAsync();
        using var copy = new ScriptedCopy(host.AgentSocketPath);
        using var deadline = new CancellationTokenSource();
        Task connecting = host.Agents.ConnectCloneAsync(host.Qube, Identity, deadline.Token);
        await copy.SayAsync(await copy.GreetedAsync());
        await deadline.CancelAsync();
        var refusal = await Assert.ThrowsAsync<QubeException>(() => connecting.WaitAsync(FakeGuest.Patience));
        Assert.Contains("in time", refusal.Message, StringComparison.Ordinal);
        await copy.HungUpAsync().WaitAsync(FakeGuest.Patience);
        Assert.False(host.Agents.IsConnected(host.Qube));
    }

    [Fact]
    public async Task A_copy_without_a_port_is_refused()
    {
        await using TestHost host = await ScriptedAsync();
        await RefusedAsync(host, "no identity");
    }

    [Fact]
    public async Task A_name_that_no_guest_would_take_is_refused()
    {
        await using TestHost host = await CopyAsync();
        var refusal = await Assert.ThrowsAsync<QubeException>(() =>
            host.Agents.ConnectCloneAsync(host.Qube, Identity with { DefaultUser = "a b" }, CancellationToken.None).WaitAsync(FakeGuest.Patience));
        Assert.Contains("default user", refusal.Message, StringComparison.Ordinal);
        Assert.True(host.Guest.Link.IsSealed);
    }

    [Fact]
    public async Task An_agent_over_vchans_takes_no_identity()
    {
        await using TestHost host = await TestHost.StartAsync(
            connects: false, hasFakeGuest: false, agentSocket: $"vchan.{TestHost.Id}.0.512.sock");
        await RefusedAsync(host, "Unix-socket vchans");
    }

    [Fact]
    public async Task A_sealed_guest_is_let_go_of_and_not_connected_again()
    {
        await using TestHost host = await TestHost.StartAsync();
        await host.Agents.SealAsync(host.Qube, CancellationToken.None).WaitAsync(FakeGuest.Patience);
        Assert.True(host.Guest.Link.IsSealed);
        Assert.False(host.Agents.IsConnected(host.Qube));
        Assert.Empty(host.Sockets);
        await ConnectAsync(host);
        Assert.Equal(5, (await host.CallAsync("u:exit 5")).Status);
    }

    [Fact]
    public async Task What_keeps_a_guest_from_being_sealed_is_said_and_it_is_let_go_of()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Guest.Link.Outcome = IdentityOutcome.Generator;
        var refusal = await Assert.ThrowsAsync<QubeException>(() =>
            host.Agents.SealAsync(host.Qube, CancellationToken.None).WaitAsync(FakeGuest.Patience));
        Assert.Contains("cannot be frozen", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("/dev/random", refusal.Message, StringComparison.Ordinal);
        Assert.False(host.Agents.IsConnected(host.Qube));
    }

    [Fact]
    public async Task A_guest_without_an_agent_cannot_be_sealed()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        await Assert.ThrowsAsync<QubeNotRunningException>(() => host.Agents.SealAsync(host.Qube, CancellationToken.None));
    }

    [Fact]
    public void Samples_are_remembered_up_to_a_bound_and_the_oldest_go_first()
    {
        var samples = new Qubes.Plugins.Qrexec.Agents.DrawnSamples(2);
        Assert.True(samples.TryAdd([1]));
        Assert.False(samples.TryAdd([1]));
        Assert.True(samples.TryAdd([2]));
        Assert.True(samples.TryAdd([3]));
        Assert.False(samples.TryAdd([2]));
        Assert.True(samples.TryAdd([1]));
    }

    private static async Task<TestHost> CopyAsync()
    {
        TestHost host = await TestHost.StartAsync(connects: false);
        host.Guest.Link.BecomeCopy();
        return host;
    }

    private static Task<TestHost> ScriptedAsync() => TestHost.StartAsync(connects: false, hasFakeGuest: false);

    private static Task ConnectAsync(TestHost host) =>
        host.Agents.ConnectCloneAsync(host.Qube, Identity, CancellationToken.None).WaitAsync(FakeGuest.Patience);

    private static async Task RefusedAsync(TestHost host, string words)
    {
        var refusal = await Assert.ThrowsAsync<QubeException>(() => ConnectAsync(host));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.False(host.Agents.IsConnected(host.Qube));
        Assert.Empty(host.Sockets);
    }
}
