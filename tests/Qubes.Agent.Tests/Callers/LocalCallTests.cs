using System.Security.Cryptography;
using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Tests.Callers;

public sealed class LocalCallTests
{
    [Fact]
    public async Task A_call_goes_out_and_bytes_go_both_ways_until_the_program_closes()
    {
        await using var agent = await AgentProcess.StartAsync();
        await using var caller = await LocalCaller.AskAsync(agent, "svc+arg", "@dispvm", "relayed");
        var request = await agent.TakeCallAsync();
        Assert.Equal(("relayed", "@dispvm", "svc+arg", null), (request.Source, request.Target, request.Service, request.Fault));
        Assert.StartsWith("SOCKET", request.Id.Text, StringComparison.Ordinal);
        Assert.NotEqual("SOCKET", request.Id.Text);
        await agent.AnswerAsync(request.Id, 9, 514);
        Assert.Equal(new ExecParameters(9, 514), await caller.ReadAnswerAsync());
        await using var channel = await agent.TakeChannelAsync(9, 514);
        await channel.SendAsync("early"u8.ToArray());
        await using var vchan = await caller.ServeAsync(new ExecParameters(9, 514));
        var data = RandomNumberGenerator.GetBytes(20_000_000);
        var sending = Task.Run(async () =>
        {
            await vchan.SendAsync(data);
            Assert.Equal(5, await vchan.ReadAsync(new byte[5], default));
            await vchan.DisposeAsync();
        });
        Assert.Equal(data, await channel.ReadToEndAsync());
        await sending;
        await agent.ExpectEndAsync(9, 514);
        Assert.Null(await caller.ReadAnswerAsync());
        Assert.Empty(Directory.GetFiles(agent.Vchans));
    }

    [Fact]
    public async Task When_the_peer_closes_the_program_still_gets_all_that_was_sent_even_if_it_serves_late()
    {
        await using var agent = await AgentProcess.StartAsync();
        await using var caller = await LocalCaller.AskAsync(agent, "svc");
        await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 0, 600);
        await caller.ReadAnswerAsync();
        var data = RandomNumberGenerator.GetBytes(500_000);
        var channel = await agent.TakeChannelAsync(0, 600);
        await channel.SendAsync(data);
        await channel.DisposeAsync();
        await agent.Link.PingAsync(default);
        await using var vchan = await caller.ServeAsync(new ExecParameters(0, 600));
        Assert.Equal(data, await vchan.ReadToEndAsync());
        await agent.ExpectEndAsync(0, 600);
    }

    [Fact]
    public async Task Refused_calls_and_requests_that_are_none_are_closed()
    {
        await using var agent = await AgentProcess.StartAsync();
        await using var caller = await LocalCaller.AskAsync(agent, "svc");
        await agent.Control.WriteAsync((await agent.TakeCallAsync()).Id.EncodeRefused(), default);
        Assert.Null(await caller.ReadAnswerAsync());
        foreach (var wrong in (byte[][])[QrexecMessage.EncodeHello(4), [0x13, 2, 0, 0, 0xff, 0xff, 0xff, 0xff], [.. Request(), 0]])
        {
            await using var other = await LocalCaller.ConnectAsync(agent);
            await other.SendAsync(wrong);
            Assert.Null(await other.ReadAnswerAsync());
        }

        await using var twice = await LocalCaller.AskAsync(agent, "svc");
        await agent.TakeCallAsync();
        await twice.SendAsync(Request());
        Assert.Null(await twice.ReadAnswerAsync());
    }

    [Fact]
    public async Task A_program_that_leaves_before_the_answer_is_told_to_the_host_when_it_answers()
    {
        await using var agent = await AgentProcess.StartAsync();
        var caller = await LocalCaller.AskAsync(agent, "svc");
        var id = (await agent.TakeCallAsync()).Id;
        await caller.DisposeAsync();
        await AgreeAsync(agent);
        await agent.AnswerAsync(id, 9, 514);
        await agent.ExpectEndAsync(9, 514);
        // An id that never was, and one that was answered, are no different.
        await agent.AnswerAsync(RequestId.FromText("SOCKET999"), 9, 516);
        await agent.ExpectEndAsync(9, 516);
        await agent.Control.WriteAsync(RequestId.FromText("SOCKET999").EncodeRefused(), default);
        await AgreeAsync(agent);
    }

    [Fact]
    public async Task A_program_that_leaves_with_a_port_but_no_vchan_ends_the_call()
    {
        await using var agent = await AgentProcess.StartAsync();
        var caller = await LocalCaller.AskAsync(agent, "svc");
        await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 9, 514);
        await caller.ReadAnswerAsync();
        await caller.DisposeAsync();
        var channel = await agent.TakeChannelAsync(9, 514);
        Assert.Empty(await channel.ReadToEndAsync());
        await agent.ExpectEndAsync(9, 514);
    }

    [Fact]
    public async Task Closing_the_first_connection_ends_the_call_even_if_the_peer_reads_nothing()
    {
        await using var agent = await AgentProcess.StartAsync();
        var caller = await LocalCaller.AskAsync(agent, "svc");
        await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 9, 514);
        await caller.ReadAnswerAsync();
        await using var vchan = await caller.ServeAsync(new ExecParameters(9, 514));
        var channel = await agent.TakeChannelAsync(9, 514);
        var stuck = Task.Run(() => vchan.SendAsync(new byte[5_000_000]));
        await channel.ReadAsync(new byte[1], default);
        await caller.DisposeAsync();
        await agent.ExpectEndAsync(9, 514);
        await Assert.ThrowsAsync<Qubes.Qrexec.Vchan.VchanClosedException>(() => stuck);
        await channel.DisposeAsync();
    }

    [Fact]
    public async Task What_another_user_serves_is_refused()
    {
        await using var agent = await AgentProcess.StartAsync();
        await using var caller = await LocalCaller.AskAsync(agent, "svc");
        await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 9, 514);
        await caller.ReadAnswerAsync();
        // A link may lead to anyone's socket, and so is nobody's.
        File.CreateSymbolicLink(Path.Combine(agent.Vchans, "vchan.0.9.514.sock"), agent.ClientSocket);
        await agent.ExpectEndAsync(9, 514);
        Assert.Null(await caller.ReadAnswerAsync());
    }

    [Fact]
    public async Task Whoever_waits_when_the_host_goes_is_closed_and_calls_work_with_the_next()
    {
        await using var agent = await AgentProcess.StartAsync();
        await using var waiting = await LocalCaller.AskAsync(agent, "svc");
        await agent.TakeCallAsync();
        await using var connected = await LocalCaller.AskAsync(agent, "svc");
        await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 9, 514);
        await connected.ReadAnswerAsync();
        await using var vchan = await connected.ServeAsync(new ExecParameters(9, 514));
        await agent.Link.DisposeAsync();
        Assert.Null(await waiting.ReadAnswerAsync());
        Assert.Empty(await vchan.ReadToEndAsync());
        // One that asks while there is no host waits for it.
        await using var early = await LocalCaller.AskAsync(agent, "early");
        await agent.ConnectAsync();
        var request = await agent.TakeCallAsync();
        Assert.Equal("early", request.Service);
        await agent.AnswerAsync(request.Id, 9, 514);
        Assert.Equal(new ExecParameters(9, 514), await early.ReadAnswerAsync());
    }

    [Fact]
    public async Task No_more_than_256_are_served_at_once_and_the_next_waits_for_its_turn()
    {
        await using var agent = await AgentProcess.StartAsync();
        var callers = new List<LocalCaller>();
        var ids = new List<RequestId>();
        for (var i = 0; i < 256; i++)
        {
            callers.Add(await LocalCaller.AskAsync(agent, "svc"));
            ids.Add((await agent.TakeCallAsync()).Id);
        }

        Assert.Equal(256, ids.Distinct().Count());
        await using var next = await LocalCaller.AskAsync(agent, "next");
        await AgreeAsync(agent);
        await callers[7].DisposeAsync();
        Assert.Equal("next", (await agent.TakeCallAsync()).Service);
        foreach (var caller in callers)
            await caller.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_left_behind_by_many_calls()
    {
        await using var agent = await AgentProcess.StartAsync();
        var before = 0;
        for (var i = 0; i < 40; i++)
        {
            await using var caller = await LocalCaller.AskAsync(agent, "svc");
            await agent.AnswerAsync((await agent.TakeCallAsync()).Id, 9, 514);
            await caller.ReadAnswerAsync();
            await using var channel = await agent.TakeChannelAsync(9, 514);
            await using var vchan = await caller.ServeAsync(new ExecParameters(9, 514));
            await vchan.SendAsync("x"u8.ToArray());
            await vchan.DisposeAsync();
            Assert.Single(await channel.ReadToEndAsync());
            await agent.ExpectEndAsync(9, 514);
            if (i == 0)
                before = Descriptors(agent);
        }

        Assert.Equal(before, Descriptors(agent));
    }

    private static byte[] Request() => new TriggerRequest("", "vm", RequestId.FromText("SOCKET"), "svc", null).Encode();

    private static int Descriptors(AgentProcess agent) => Directory.GetFileSystemEntries($"/proc/{agent.Pid}/fd").Length;

    // Whatever the agent had to do before it answers, it has done; and it has said nothing else.
    private static Task AgreeAsync(AgentProcess agent) => agent.Link.PingAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
}
