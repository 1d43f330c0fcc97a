using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Link;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

/// <summary>Copies that go through everything once before they are anybody's.</summary>
public sealed class RehearsalTests
{
    [Fact]
    public async Task A_copy_takes_an_identity_serves_a_call_is_sealed_again_and_becomes_the_qubes_over_the_same_line()
    {
        await using TestHost host = await CopyAsync();
        await RehearseAsync(host);

        LinkIdentity passing = host.Guest.Link.Identity!;
        Assert.Equal(("disposable", "bob"), (passing.Name, passing.User));
        Assert.True(host.Guest.Executed.TryRead(out var executed));
        Assert.Equal("bob:QUBESRPC qubes.WaitForRunningSystem dom0", executed.Command);
        Assert.True(host.Guest.Link.IsSealed);
        Assert.Empty(host.Sockets);
        Assert.False(host.Agents.IsConnected(host.Qube));

        // The guest serves one host at a time: over a second line it would never answer.
        await ConnectAsync(host);
        LinkIdentity told = host.Guest.Link.Identity!;
        Assert.Equal("disp7", told.Name);
        Assert.NotEqual(passing.Seed, told.Seed);
        Assert.NotEqual(passing.MachineId, told.MachineId);
        Assert.Equal(3, (await host.CallAsync("u:exit 3")).Status);
    }

    [Fact]
    public async Task A_copy_without_a_default_user_rehearses_as_the_usual_one()
    {
        await using TestHost host = await CopyAsync();
        await RehearseAsync(host, user: "");
        Assert.Equal("user", host.Guest.Link.Identity!.User);
    }

    [Theory]
    [InlineData(IdentityOutcome.Entropy, "credited")]
    [InlineData(IdentityOutcome.Clock, "clock")]
    public async Task What_a_copy_could_not_do_is_said_and_its_line_is_not_kept(IdentityOutcome outcome, string words)
    {
        await using TestHost host = await CopyAsync();
        host.Guest.Link.Outcome = outcome;
        Assert.Contains(words, await RefusedAsync(host), StringComparison.Ordinal);
        await NotKeptAsync(host);
    }

    [Fact]
    public async Task A_copy_that_makes_calls_instead_of_ending_its_own_is_nobodys()
    {
        await using TestHost host = await CopyAsync();
        host.Judge.Verdict = _ => throw new InvalidOperationException("nobody's call is judged");
        host.Guest.Service = async (_, _) =>
        {
            await host.Guest.TriggerAsync("vault", "a.Svc");
            return await new TaskCompletionSource<int>().Task; // it goes on and on
        };
        Assert.Contains("something else", await RefusedAsync(host), StringComparison.Ordinal);
        await NotKeptAsync(host);
    }

    [Fact]
    public async Task A_copy_that_does_not_end_its_call_is_given_up_at_the_deadline()
    {
        await using TestHost host = await CopyAsync();
        using var deadline = new CancellationTokenSource();
        host.Guest.Service = async (_, _) =>
        {
            await deadline.CancelAsync();
            return await new TaskCompletionSource<int>().Task; // it goes on and on
        };
        Assert.Contains("too long", await RefusedAsync(host, deadline.Token), StringComparison.Ordinal);
        await NotKeptAsync(host);
    }

    [Fact]
    public async Task A_copy_that_nobody_can_reach_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false, hasFakeGuest: false);
        Assert.Contains("rehearse", await RefusedAsync(host), StringComparison.Ordinal);
    }

    private static async Task<TestHost> CopyAsync()
    {
        TestHost host = await TestHost.StartAsync(connects: false);
        host.Guest.Link.BecomeCopy();
        return host;
    }

    private static Task RehearseAsync(TestHost host, string user = "bob", CancellationToken cancel = default) =>
        host.Agents.RehearseAsync(host.Qube.Machine!, user, cancel).WaitAsync(FakeGuest.Patience, CancellationToken.None);

    private static Task ConnectAsync(TestHost host) =>
        host.Agents.ConnectCloneAsync(host.Qube, new GuestIdentity("disp7", QubeClass.DispVM, "bob"), CancellationToken.None).WaitAsync(FakeGuest.Patience);

    private static async Task<string> RefusedAsync(TestHost host, CancellationToken cancel = default) =>
        (await Assert.ThrowsAsync<QubeException>(() => RehearseAsync(host, cancel: cancel))).Message;

    // Then it is connected over a line of its own, which the guest takes when the first has gone.
    private static async Task NotKeptAsync(TestHost host)
    {
        host.Guest.Link.Outcome = IdentityOutcome.Done;
        host.Guest.Link.BecomeCopy();
        host.Guest.Service = Services.RunAsync;
        await ConnectAsync(host);
        Assert.True(host.Agents.IsConnected(host.Qube));
    }
}
