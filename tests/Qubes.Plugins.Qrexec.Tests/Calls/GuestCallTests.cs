using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

/// <summary>Calls from one guest to another that runs, and to the host.</summary>
public sealed class GuestCallTests
{
    [Fact]
    public async Task A_guest_calls_a_service_of_another_and_gets_output_and_exit_code()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (_, vault) = await host.AddAsync("vault", 9);
        byte[] sent = new byte[3_000_000];
        new Random(3).NextBytes(sent);

        Assert.Equal(sent, (await host.Guest.CallAsync("vault", "echo", sent)).Output);
        Assert.Equal(7, (await host.Guest.CallAsync("vault", "exit+7")).Status);

        Assert.Equal("alice:QUBESRPC echo+ work", (await vault.Executed.ReadAsync()).Command);
        ExecRequest second = await vault.Executed.ReadAsync();
        Assert.Equal("alice:QUBESRPC exit+7 work", second.Command);
        Assert.Equal(TestHost.Id, second.Parameters.Domain);
    }

    [Fact]
    public async Task Two_guests_call_each_other_at_once()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (_, vault) = await host.AddAsync("vault", 9);
        for (int i = 0; i < 40; i++)
        {
            var (ours, theirs) = (host.Guest.CallAsync("vault", $"exit+{i}"), vault.CallAsync("work", $"exit+{i + 100}"));
            Assert.Equal((i, i + 100), ((await ours).Status, (await theirs).Status));
        }
    }

    [Fact]
    public async Task Policy_names_the_user_and_a_relay_replaces_service_and_source()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (_, vault) = await host.AddAsync("vault", 9);
        host.Judge.Verdict = _ => new AllowedCall("root", "vault", true, "@default", "test:1") { Service = "exit+4", PolicySource = "far" };
        Assert.Equal(4, (await host.Guest.CallAsync("", "anything")).Status);
        Assert.Equal("root:QUBESRPC exit+4 far", (await vault.Executed.ReadAsync()).Command);
    }

    [Fact]
    public async Task A_denied_call_is_refused_with_its_id_and_the_reason_is_logged_harmlessly()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Judge.Verdict = _ => new DeniedCall("by 30-user.policy:1");
        Assert.Null(await host.Guest.AskAsync("a\u001b[0m", "svc\n\u001b"));
        string line = await host.Log.NextAsync(2116);
        Assert.Contains("30-user.policy:1", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, c => char.IsControl(c));
    }

    [Theory]
    [InlineData("+a")]
    [InlineData("")]
    public async Task A_malformed_call_is_refused_unjudged_and_the_guest_stays(string service)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Judge.Verdict = _ => throw new InvalidOperationException("judged");
        Assert.Null(await host.Guest.AskAsync("vault", service));
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    [Theory]
    [InlineData(PowerState.Halted, false, "autostart=no")]
    [InlineData(PowerState.Paused, true, "is paused")]
    public async Task A_target_that_cannot_be_called_is_refused(PowerState state, bool autostart, string reason)
    {
        await using TestHost host = await TestHost.StartAsync();
        var (vault, _) = await host.AddAsync("vault", 9, connects: false);
        vault.Qube.PowerState.Returns(state);
        host.Judge.Verdict = r => new AllowedCall(null, "vault", autostart, "vault", "test:1");
        Assert.Null(await host.Guest.AskAsync("vault", "echo"));
        Assert.Contains(reason, await host.Log.NextAsync(2116), StringComparison.Ordinal);
        await vault.Qube.DidNotReceive().StartAsync(Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_halted_target_is_started()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (vault, _) = await host.AddAsync("vault", 9, connects: false);
        vault.Qube.PowerState.Returns(PowerState.Halted);
        vault.Qube.StartAsync(Arg.Any<CancellationToken>()).Returns(_ => host.Agents.ConnectAsync(vault.Qube, CancellationToken.None));
        Assert.Equal(5, (await host.Guest.CallAsync("vault", "exit+5")).Status);
    }

    [Fact]
    public async Task A_target_that_does_not_start_is_a_refusal()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (vault, _) = await host.AddAsync("vault", 9, connects: false);
        vault.Qube.StartAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException(new OutOfMemoryQubeException("not enough memory")));
        Assert.Null(await host.Guest.AskAsync("vault", "echo"));
        Assert.Contains("not enough memory", await host.Log.NextAsync(2116), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_killed_ends_the_callers_connection()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (vault, guest) = await host.AddAsync("vault", 9);
        guest.Service = async (data, _) => await data.ReadAsync(new byte[1], CancellationToken.None);
        ExecParameters peer = (await host.Guest.AskAsync("vault", "hang"))!.Value;
        await using GuestChannel channel = host.Guest.Link.Open(new VchanAddress(peer.Domain, peer.Port));
        Task<int> calling = CallerSession.RunAsync(channel, new CallerStreams(new NeverEndingStream(), Stream.Null, null), CancellationToken.None);
        await guest.Executed.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);

        await guest.DisposeAsync();
        vault.EndMachine();

        Assert.Equal(255, await calling.WaitAsync(FakeGuest.Patience));
    }

    [Fact]
    public async Task A_caller_that_is_killed_ends_the_services_connection()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (_, guest) = await host.AddAsync("vault", 9);
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        guest.Service = async (data, _) =>
        {
            begun.SetResult();
            byte[] buffer = new byte[64];
            while (await data.ReadAsync(buffer, CancellationToken.None) > 0)
            {
                // Until the caller has gone.
            }
            ended.SetResult();
            return 0;
        };
        ExecParameters peer = (await host.Guest.AskAsync("vault", "wait"))!.Value;
        await using GuestChannel channel = host.Guest.Link.Open(new VchanAddress(peer.Domain, peer.Port));
        await channel.WriteAsync(QrexecMessage.EncodeHello(4), CancellationToken.None);
        await begun.Task.WaitAsync(FakeGuest.Patience);

        host.Guest.Link.Drop();

        await ended.Task.WaitAsync(FakeGuest.Patience);
    }

    [Theory]
    [InlineData("@adminvm", "keyword", "adminvm")]
    [InlineData("dom0", "name", "dom0")]
    public async Task A_call_to_the_host_is_served_there(string requested, string type, string name)
    {
        await using TestHost host = await TestHost.StartAsync();
        ServiceDescriptor? served = null;
        host.Judge.Verdict = _ => new AllowedCall(null, "dom0", true, requested, "test:1");
        host.HostServices.ServeAsync(default!, default!, default!, default).ReturnsForAnyArgs(async c =>
        {
            served = c.Arg<ServiceDescriptor>();
            IVchan data = c.Arg<IVchan>();
            await DataHandshake.ExchangeAsync(data, sendFirst: false, CancellationToken.None);
            await Services.SendAsync(data, MessageType.DataStderr, []);
            await Services.SendAsync(data, MessageType.DataStdout, "hello"u8.ToArray());
            await Services.SendAsync(data, MessageType.DataStdout, []);
            await data.WriteAsync(QrexecMessage.EncodeExitCode(3), CancellationToken.None);
        });
        var (status, output) = await host.Guest.CallAsync(requested, "svc+x");
        Assert.Equal((3, "hello"), (status, System.Text.Encoding.ASCII.GetString(output)));
        Assert.Equal(new ServiceDescriptor("svc", "x", "work", type, name), served);
    }

    [Fact]
    public async Task Another_guest_has_128_ports_for_a_caller_and_the_rest_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync();
        var (_, guest) = await host.AddAsync("vault", 9);
        guest.Service = null;
        for (int i = 0; i < 128; i++)
            Assert.NotNull(await host.Guest.AskAsync("vault", "hang"));
        Assert.Null(await host.Guest.AskAsync("vault", "hang"));
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    [Fact]
    public async Task A_relayed_call_that_comes_back_to_its_caller_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Judge.Verdict = _ => new AllowedCall(null, "work", true, "far", "test:1") { Service = "relay.Link+far+svc" };
        Assert.Null(await host.Guest.AskAsync("far", "svc"));
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    [Fact]
    public async Task More_than_256_calls_under_way_are_refused()
    {
        await using TestHost host = await TestHost.StartAsync();
        var gate = new TaskCompletionSource();
        host.Judge.Gate = gate.Task;
        for (int i = 0; i < 256; i++)
            await host.Guest.TriggerAsync("vault", "svc");
        Assert.Null(await host.Guest.AskAsync("vault", "svc"));
        Assert.Contains("256 of its calls", await host.Log.NextAsync(2116), StringComparison.Ordinal);
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        gate.SetResult();
    }

    [Fact]
    public async Task A_caller_that_does_not_connect_is_given_up_and_its_target_let_go()
    {
        var time = new VirtualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(time);
        var (_, guest) = await host.AddAsync("vault", 9);
        Assert.NotNull(await host.Guest.AskAsync("vault", "echo"));
        await guest.Executed.ReadAsync().AsTask().WaitAsync(FakeGuest.Patience);
        Task<string> failed = host.Log.NextAsync(2119);
        for (int i = 0; i < 1000 && !failed.IsCompleted; i++)
        {
            time.Advance(GuestCaller.Patience / 10);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
        Assert.Contains("did not connect within 120 s", await failed.WaitAsync(FakeGuest.Patience), StringComparison.Ordinal);
    }
}
