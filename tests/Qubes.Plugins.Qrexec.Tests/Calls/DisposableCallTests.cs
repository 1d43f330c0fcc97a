using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

/// <summary>Calls to <c>@dispvm</c>: the disposable lives as long as its call.</summary>
public sealed class DisposableCallTests
{
    [Fact]
    public async Task A_call_gets_a_disposable_that_ends_with_it()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, guest) = await PrepareAsync(host);

        Assert.Equal(6, (await host.Guest.CallAsync("@dispvm", "exit+6")).Status);

        await DestroyedAsync(disposable);
        Assert.Equal("alice:QUBESRPC exit+6 work", (await guest.Executed.ReadAsync()).Command);
        await host.Disposables.Received(1).AcquireAsync(
            Arg.Is<DisposableRequest>(r => r.Template.Name == "viewer-dvm" && r.RequestedBy == host.Qube), Arg.Any<CancellationToken>());
        disposable.Qube.Features.Received(1).Set(CallTargets.CallFeature, "work");
        await disposable.Qube.Received(1).DestroyAsync(Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_caller_that_vanishes_takes_its_disposable_along_although_the_service_goes_on()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, guest) = await PrepareAsync(host);
        var never = new TaskCompletionSource<int>();
        guest.Service = (_, _) => never.Task;
        ExecParameters peer = (await host.Guest.AskAsync("@dispvm", "hang"))!.Value;
        await using (GuestChannel channel = host.Guest.Link.Open(new VchanAddress(peer.Domain, peer.Port)))
        {
            await channel.WriteAsync(QrexecMessage.EncodeHello(4), CancellationToken.None);
            await guest.Executed.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);
        }
        await DestroyedAsync(disposable);
        never.SetResult(0);
    }

    [Fact]
    public async Task A_caller_that_says_it_will_not_come_takes_its_disposable_along()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, _) = await PrepareAsync(host);
        ExecParameters peer = (await host.Guest.AskAsync("@dispvm", "echo"))!.Value;
        await host.Guest.TerminateAsync(peer);
        await DestroyedAsync(disposable);
    }

    [Fact]
    public async Task A_calling_guest_that_is_killed_takes_its_disposable_along()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, guest) = await PrepareAsync(host);
        Assert.NotNull(await host.Guest.AskAsync("@dispvm", "echo"));
        await guest.Executed.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);
        host.EndMachine();
        await DestroyedAsync(disposable);
    }

    [Fact]
    public async Task A_disposable_that_does_not_start_is_a_refusal_and_leaves_nothing()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, _) = await PrepareAsync(host);
        disposable.Qube.PowerState.Returns(PowerState.Halted);
        disposable.Qube.StartAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException(new QubeException("it does not boot")));
        host.Qubes.TryFind("disp42", out Arg.Any<IQube?>()).Returns(c =>
        {
            c[1] = disposable.Qube;
            return true;
        });
        Assert.Null(await host.Guest.AskAsync("@dispvm", "echo"));
        Assert.Contains("does not boot", await host.Log.NextAsync(2116), StringComparison.Ordinal);
        await host.Qubes.Received(1).RemoveAsync(disposable.Qube, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Without_autostart_no_disposable_is_made()
    {
        await using TestHost host = await TestHost.StartAsync();
        await PrepareAsync(host);
        host.Judge.Verdict = r => new AllowedCall(null, "@dispvm:viewer-dvm", false, r.Target, "test:1");
        Assert.Null(await host.Guest.AskAsync("@dispvm", "echo"));
        await host.Disposables.DidNotReceiveWithAnyArgs().AcquireAsync(default!, default);
    }

    [Fact]
    public async Task When_the_daemon_stops_so_do_the_disposables_of_calls()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (disposable, guest) = await PrepareAsync(host);
        Assert.NotNull(await host.Guest.AskAsync("@dispvm", "echo"));
        await guest.Executed.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);
        await host.StopAsync().WaitAsync(FakeGuest.Patience);
        await disposable.Qube.Received(1).DestroyAsync(Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task What_an_earlier_daemon_left_is_ended_at_the_start()
    {
        var orphan = new TestQube("disp7", 70, "");
        orphan.Qube.Features.ContainsKey(CallTargets.CallFeature).Returns(true);
        var bystander = new TestQube("disp8", 80, "");
        await using TestHost host = await TestHost.StartAsync(before: h =>
            h.Qubes.GetEnumerator().Returns(_ => ((IEnumerable<IQube>)[orphan.Qube, bystander.Qube]).GetEnumerator()));
        await DestroyedAsync(orphan);
        await bystander.Qube.DidNotReceive().DestroyAsync(Arg.Any<CancellationToken>());
    }

    private static async Task<(TestQube, FakeGuest)> PrepareAsync(TestHost host)
    {
        var (disposable, guest) = await host.AddAsync("disp42", 42, connects: false);
        var template = Substitute.For<IQube>();
        template.Name.Returns("viewer-dvm");
        host.Qubes.Find("viewer-dvm").Returns(template);
        host.Disposables.AcquireAsync(default!, default).ReturnsForAnyArgs(disposable.Qube);
        disposable.Qube.StartAsync(Arg.Any<CancellationToken>())
            .Returns(_ => host.Agents.ConnectAsync(disposable.Qube, CancellationToken.None));
        disposable.Qube.DestroyAsync(Arg.Any<CancellationToken>()).Returns(Task.CompletedTask);
        host.Judge.Verdict = r => new AllowedCall(null, "@dispvm:viewer-dvm", true, r.Target, "test:1");
        return (disposable, guest);
    }

    private static async Task DestroyedAsync(TestQube disposable)
    {
        using var limit = new CancellationTokenSource(FakeGuest.Patience);
        while (!disposable.Qube.ReceivedCalls().Any(c => c.GetMethodInfo().Name == nameof(IQube.DestroyAsync)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }
}
