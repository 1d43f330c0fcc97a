using System.Globalization;
using Qubes.Qrexec.Vchan;

namespace Qubes.Client.Tests.Calling;

public sealed class BeginningTests
{
    [Fact]
    public async Task A_refused_call_is_126_and_says_so()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc+arg", "/bin/touch", Path.Combine(agent.Directory, "mark"));
        var request = await agent.TakeRequestAsync();
        Assert.Equal(("vm", "svc+arg", ""), (request.Target, request.Service, request.Source));
        agent.Refuse();
        Assert.Equal(126, await client.ExitAsync());
        Assert.Equal("Request refused\n", await client.ReadErrorAsync());
        Assert.False(File.Exists(Path.Combine(agent.Directory, "mark")));
    }

    [Fact]
    public async Task Without_an_agent_the_status_is_1_and_wrong_usage_is_2()
    {
        await using var agent = new PlainAgent();
        await using var alone = ClientProcess.Start(agent, "-a", agent.Directory + "/none", "vm", "svc");
        Assert.Equal(1, await alone.ExitAsync());
        await using var wrong = ClientProcess.Start(agent, "--no-such-option", "vm", "svc");
        Assert.Equal(2, await wrong.ExitAsync());
        Assert.Contains("usage: qrexec-client-vm", await wrong.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_leaves_after_its_answer_is_255()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.TakeRequestAsync();
        await agent.AnswerAsync(7, 513);
        agent.Refuse();
        Assert.Equal(255, await client.ExitAsync());
        Assert.Empty(Directory.GetFiles(agent.Directory, "*.sock"));
    }

    [Fact]
    public async Task A_caller_that_closes_both_its_ends_while_it_waits_gets_no_call()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.TakeRequestAsync();
        await client.Input.WriteAsync(new byte[100]);
        client.Output.Close();
        client.Input.Close();
        Assert.Equal(255, await client.ExitAsync());
    }

    [Fact]
    public async Task On_a_host_the_vchan_is_served_in_the_users_own_directory()
    {
        await using var agent = new PlainAgent();
        var user = (await File.ReadAllLinesAsync("/proc/self/status")).First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];
        var own = Directory.CreateDirectory(Path.Combine(agent.Directory, "run/qubes/client-vchan", user));
        await using var client = ClientProcess.Run(
            agent, [.. ClientProcess.Command, "-a", agent.SocketPath, "vm", "svc"], ("QUBES_ROOT", agent.Directory));
        await agent.AcceptAsync(path: VchanSocketPath.Of(own.FullName, 0, 7, 513));
        await agent.ExitAsync(3);
        Assert.Equal(3, await client.ExitAsync());
        Assert.Empty(own.GetFiles());
    }

    [Fact]
    public async Task A_domain_of_its_own_is_the_servers_number()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Run(agent, [.. ClientProcess.Command, "-a", agent.SocketPath, "vm", "svc"],
            ("VCHAN_DOMAIN", 5.ToString(CultureInfo.InvariantCulture)), ("QUBES_ROOT", agent.Directory));
        var vchans = Directory.CreateDirectory(Path.Combine(agent.Directory, "run/vchan"));
        await agent.AcceptAsync(path: VchanSocketPath.Of(vchans.FullName, 5, 7, 513));
        await agent.ExitAsync(0);
        Assert.Equal(0, await client.ExitAsync());
    }
}
