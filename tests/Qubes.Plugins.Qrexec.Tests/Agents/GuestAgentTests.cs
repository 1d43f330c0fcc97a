using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

public sealed class GuestAgentTests
{
    [Fact]
    public async Task The_sockets_exist_exactly_while_the_agent_is_connected()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        Assert.Empty(host.Sockets);
        Assert.False(host.Agents.IsConnected(host.Qube));
        await host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
        Assert.True(host.Agents.IsConnected(host.Qube));
        Assert.Equal(["qrexec.7", "qrexec.uuid:00000007-0000-0000-0000-000000000000", "qrexec.work"], host.Sockets);
        host.EndMachine();
        await host.UntilAsync(connected: false);
    }

    [Fact]
    public async Task A_machine_without_a_way_to_an_agent_is_refused_in_plain_words()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        var bare = new TestQube("bare", 8, "");
        var refusal = await Assert.ThrowsAsync<QubeException>(() => host.Agents.ConnectAsync(bare.Qube, CancellationToken.None));
        Assert.Contains("no way to an agent", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_drops_is_connected_anew_and_serves_again()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(3, (await host.CallAsync("u:exit 3")).Status);
        for (int i = 0; i < 3; i++)
        {
            await using var client = await host.ConnectAsync();
            host.Guest.Link.Drop();
            // Host clients are disconnected with the agent.
            await client.WaitForEndAsync(CancellationToken.None);
            await host.Log.NextAsync(2101);
            await host.Log.NextAsync(2100);
            Assert.Equal(4, (await host.CallAsync("u:exit 4")).Status);
        }
    }

    [Fact]
    public async Task A_call_that_runs_when_the_line_drops_ends_as_lost()
    {
        await using TestHost host = await TestHost.StartAsync();
        using var input = new OpenStream();
        Task<(int Status, byte[])> call = host.CallAsync("u:echo", input);
        await host.Guest.Executed.ReadAsync();
        await input.WhenRead;
        host.Guest.Link.Drop();
        Assert.Equal(255, (await call).Status);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(9, 4)]
    public async Task The_smaller_version_is_spoken(int agent, int spoken)
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        host.Guest.Version = agent;
        await host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
        Assert.Contains($"protocol {spoken}", await host.Log.NextAsync(2100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_speaks_too_old_a_version_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        host.Guest.Version = 1;
        await Assert.ThrowsAsync<QubeException>(() => host.Agents.ConnectAsync(host.Qube, CancellationToken.None));
        Assert.False(host.Agents.IsConnected(host.Qube));
        Assert.Empty(host.Sockets);
    }

    [Fact]
    public async Task An_agent_that_does_not_answer_in_time_is_an_error_of_its_qube()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        await host.Guest.DisposeAsync();
        using var deadline = new CancellationTokenSource();
        Task connecting = host.Agents.ConnectAsync(host.Qube, deadline.Token);
        await deadline.CancelAsync();
        await Assert.ThrowsAsync<QubeException>(() => connecting);
    }

    [Fact]
    public async Task A_machine_that_ends_first_is_an_error_of_its_qube()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        await host.Guest.DisposeAsync();
        Task connecting = host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
        host.EndMachine();
        var refusal = await Assert.ThrowsAsync<QubeException>(() => connecting);
        Assert.Contains("ended", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_power_off_reaches_the_guest()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.True(await host.Agents.RequestPowerOffAsync(host.Qube, CancellationToken.None));
        await host.Guest.Link.PowerOff.Task;
    }

    [Fact]
    public async Task The_time_reaches_the_guest()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Agents.SetClock(host.Qube, DateTimeOffset.FromUnixTimeSeconds(4_000_000_000));
        Assert.Equal(4_000_000_000, await host.Guest.Link.Time.Task);
    }

    [Fact]
    public async Task Nobody_is_there_to_ask_for_a_power_off_without_an_agent()
    {
        await using TestHost host = await TestHost.StartAsync(connects: false);
        Assert.False(await host.Agents.RequestPowerOffAsync(host.Qube, CancellationToken.None));
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "a port outside the data ports", new ExecParameters(0, 512).Encode(MessageType.ConnectionTerminated) },
        { "a message that only hosts send", new ExecParameters(0, 513).Encode(MessageType.ExecCmdline) },
        { "a second hello", QrexecMessage.EncodeHello(4) },
        { "an unknown type", [1, 2, 3, 4, 0, 0, 0, 0] },
        { "an impossible length", [0x13, 2, 0, 0, 0xff, 0xff, 0xff, 0x7f] },
        { "a call cut short", QrexecMessage.Encode(MessageType.TriggerService4, new byte[20]) },
        { "a call of another version", QrexecMessage.Encode(MessageType.TriggerService, new byte[128]) },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_guest_that_breaks_the_protocol_is_not_served_any_more(string what, byte[] message)
    {
        Assert.NotEmpty(what);
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        await host.Guest.Control.WriteAsync(message, CancellationToken.None);
        await host.Log.NextAsync(2102);
        await host.UntilAsync(connected: false);
    }

    [Fact]
    public async Task A_guest_that_breaks_the_link_is_not_served_any_more()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        host.Guest.Link.SendRaw([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        await host.Log.NextAsync(2102);
        await host.UntilAsync(connected: false);
    }

    [Fact]
    public async Task A_plugin_that_stops_lets_go_of_everything()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using var client = await host.ConnectAsync();
        await host.StopAsync();
        await client.WaitForEndAsync(CancellationToken.None);
        Assert.Empty(host.Sockets);
        Assert.False(host.Agents.IsConnected(host.Qube));
    }

    [Fact]
    public async Task A_connection_that_nobody_asked_for_is_closed()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using var toHost = host.Guest.Link.Open(new VchanAddress(0, 600));
        await using var toOther = host.Guest.Link.Open(new VchanAddress(9, 513));
        Assert.Equal(0, await toHost.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(0, await toOther.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }
}
