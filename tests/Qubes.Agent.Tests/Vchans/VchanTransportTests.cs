using System.Diagnostics;
using System.Security.Cryptography;
using Qubes.Agent.Tests.Callers;
using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Vchans;

public sealed class VchanTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0, 513)]
    [InlineData(9, 514)]
    public async Task A_service_is_run_for_whoever_serves_the_data_vchan(int caller, int port)
    {
        await using var agent = await VchanAgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Echo", "echo \"$QREXEC_REMOTE_DOMAIN $VCHAN_DOMAIN\"; cat; exit 6");
        var data = RandomNumberGenerator.GetBytes(10_000_000);
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Echo+", caller, port), data).WaitAsync(Limit);
        Assert.Equal(6, outcome.Status);
        Assert.Equal([.. "peer 7\n"u8, .. data], outcome.Output);
        await agent.ExpectEndAsync(caller, port);
    }

    [Fact]
    public async Task A_caller_that_leaves_closes_the_pipes()
    {
        await using var agent = await VchanAgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "echo started; cat");
        var vchan = await agent.CallAsync("test.Cat", 9, 514);
        await DataHandshake.ExchangeAsync(vchan, true, default);
        await vchan.ReadAsync(new byte[100], default);
        await vchan.DisposeAsync();
        await agent.ExpectEndAsync(9, 514);
    }

    [Fact]
    public async Task Stalled_readers_hold_up_only_their_own_call()
    {
        await using var agent = await VchanAgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Flood", "exec cat /dev/zero");
        await agent.AddServiceAsync("test.Deaf", "exec tail --pid=$QREXEC_AGENT_PID -f /dev/null");
        await agent.AddServiceAsync("test.Cat", "exec cat");
        await using var flood = await agent.CallAsync("test.Flood", 9, 514);
        await DataHandshake.ExchangeAsync(flood, true, default);
        await using var deaf = await agent.CallAsync("test.Deaf", 9, 516);
        await DataHandshake.ExchangeAsync(deaf, true, default);
        using var stop = new CancellationTokenSource();
        var stuck = deaf.WriteAsync(Enumerable.Repeat(QrexecMessage.Encode(MessageType.DataStdin, new byte[65536]), 100)
            .SelectMany(message => message).ToArray(), stop.Token).AsTask();
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat", 9, 518), data).WaitAsync(Limit);
        Assert.Equal(data, outcome.Output);
        Assert.False(stuck.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.WaitAsync(Limit));
    }

    [Fact]
    public async Task After_the_daemon_came_back_calls_work_again_and_those_under_way_go_on()
    {
        await using var agent = await VchanAgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "exec cat");
        var vchan = await agent.CallAsync("test.Cat", 9, 514);
        await agent.Control.DisposeAsync();
        await agent.ConnectAsync();
        var outcome = await CallOutcome.RunAsync(vchan, "still"u8.ToArray()).WaitAsync(Limit);
        Assert.Equal("still", outcome.Text);
        await agent.ExpectEndAsync(9, 514);
        Assert.Equal("again", (await CallOutcome.RunAsync(await agent.CallAsync("test.Cat", 0, 513), "again"u8.ToArray()).WaitAsync(Limit)).Text);
    }

    [Fact]
    public async Task A_program_that_calls_serves_its_peer_itself_and_its_end_is_told()
    {
        await using var agent = await VchanAgentProcess.StartAsync();
        using var client = StartClient(agent);
        var message = await agent.ReadAsync();
        var request = TriggerRequest.Parse(message.Type, 4, message.Body.Span);
        Assert.Equal(("vm", "svc"), (request.Target, request.Service));
        await agent.Control.WriteAsync(new ServiceConnect(new ExecParameters(9, 515), request.Id).Encode(), default);
        using var patience = new CancellationTokenSource(Limit);
        await using var vchan = await UnixVchan.ConnectAsync(VchanSocketPath.Of(agent.Vchans, VchanAgentProcess.Domain, 9, 515), TimeProvider.System, patience.Token);
        await DataHandshake.ExchangeAsync(vchan, true, default);
        await vchan.SendAsync(QrexecMessage.Encode(MessageType.DataStdout, "hello"u8));
        await vchan.SendAsync(QrexecMessage.Encode(MessageType.DataStdout, []));
        await vchan.SendAsync(QrexecMessage.EncodeExitCode(11));
        await client.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal((11, "hello"), (client.ExitCode, await client.StandardOutput.ReadToEndAsync()));
        await agent.ExpectEndAsync(9, 515);
    }

    [Theory]
    [InlineData("--vchan-socket|/tmp/x")]
    [InlineData("--domain|5")]
    [InlineData("--vchan-socket|/tmp/x|--domain|0")]
    [InlineData("--vchan-socket|/tmp/x|--domain|x")]
    [InlineData("--vchan-socket|/tmp/x|--domain|5|--socket|/tmp/y")]
    [InlineData("--socket")]
    [InlineData("--socket|/tmp/x|--socket|/tmp/y")]
    [InlineData("--no-such|x")]
    public void A_wrong_command_line_is_refused(string arguments) => Assert.Null(AgentOptions.TryParse(arguments.Split('|')));

    private static Process StartClient(VchanAgentProcess agent)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "qrexec-client-vm.dll"), "-a", agent.ClientSocket, "vm", "svc"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["VCHAN_SOCKET_DIR"] = agent.Vchans;
        start.Environment["VCHAN_DOMAIN"] = VchanAgentProcess.Domain.ToString();
        var client = Process.Start(start)!;
        client.StandardInput.Close();
        return client;
    }
}
