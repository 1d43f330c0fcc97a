namespace Qubes.Agent.Tests.Serving;

public sealed class SessionWaitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Calls_that_wait_for_a_session_share_one_wait_and_keep_their_input()
    {
        await using var agent = await AgentProcess.StartAsync();
        await ConfigureAsync(agent);
        var gate = Path.Combine(agent.Directory, "gate");
        await agent.AddServiceAsync("qubes.WaitForSession", $"mkfifo {gate}; read user; echo \"$user\" >>{gate}.log; read <{gate}; exit 1");
        var calls = new List<Task<CallOutcome>>();
        foreach (var port in (int[])[513, 514])
            calls.Add(CallOutcome.RunAsync(await agent.CallAsync("test.Wait", port), "input"u8.ToArray()));
        while (!File.Exists(gate))
            await Task.Yield();
        await agent.Link.PingAsync(default);
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        await File.WriteAllTextAsync(gate, "go\n");
        foreach (var call in calls)
            Assert.Equal((0, "input"), ((await call.WaitAsync(Limit)).Status, (await call).Text));
        Assert.Equal(Environment.UserName, Assert.Single(await File.ReadAllLinesAsync(gate + ".log")));
    }

    [Fact]
    public async Task Without_something_that_waits_or_with_nogui_a_call_does_not()
    {
        await using var agent = await AgentProcess.StartAsync();
        await ConfigureAsync(agent);
        Assert.Equal("a", (await CallOutcome.RunAsync(await agent.CallAsync("test.Wait"), "a"u8.ToArray()).WaitAsync(Limit)).Text);
        await agent.AddServiceAsync("qubes.WaitForSession", "exec tail --pid=$QREXEC_AGENT_PID -f /dev/null");
        await agent.StartCallAsync($"{Environment.UserName}:nogui:QUBESRPC test.Wait+ dom0", 514);
        Assert.Equal("b", (await CallOutcome.RunAsync(await agent.Link.Incoming.ReadAsync(), "b"u8.ToArray()).WaitAsync(Limit)).Text);
        await File.WriteAllTextAsync(Path.Combine(agent.Services, "qubes.WaitForSession+"), "not executable");
        Assert.Equal("c", (await CallOutcome.RunAsync(await agent.CallAsync("test.Wait", 515), "c"u8.ToArray()).WaitAsync(Limit)).Text);
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_gets_no_service()
    {
        await using var agent = await AgentProcess.StartAsync();
        await ConfigureAsync(agent);
        var gate = Path.Combine(agent.Directory, "gate");
        await agent.AddServiceAsync("qubes.WaitForSession", $"mkfifo {gate}; read <{gate}");
        await agent.AddServiceAsync("test.Wait", $"touch {gate}.mark");
        var channel = await agent.CallAsync("test.Wait");
        await Qubes.Qrexec.Data.DataHandshake.ExchangeAsync(channel, true, default);
        await channel.DisposeAsync();
        await agent.Control.ReadAsync(default).AsTask().WaitAsync(Limit);
        while (!File.Exists(gate))
            await Task.Yield();
        await File.WriteAllTextAsync(gate, "go\n");
        await agent.AddServiceAsync("test.Other", "exit 0");
        Assert.Equal(0, (await CallOutcome.RunAsync(await agent.CallAsync("test.Other", 514), []).WaitAsync(Limit)).Status);
        Assert.False(File.Exists(gate + ".mark"));
    }

    private static async Task ConfigureAsync(AgentProcess agent)
    {
        await agent.AddServiceAsync("test.Wait", "exec cat");
        await File.WriteAllTextAsync(Path.Combine(agent.Configuration, "test.Wait"), "wait-for-session = true\n");
    }
}
