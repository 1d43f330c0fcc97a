using System.Security.Cryptography;
using System.Text;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Tests.Calling;

public sealed class SessionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Input_output_errors_and_status_go_through()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "--prefix-data", "before ", "vm", "svc");
        await agent.AcceptAsync();
        await client.Input.WriteAsync("input"u8.ToArray());
        client.Input.Close();
        Assert.Equal("before input", Encoding.UTF8.GetString(await agent.ReadInputAsync()));
        await agent.SendAsync(MessageType.DataStdout, "out"u8);
        await agent.SendAsync(MessageType.DataStderr, "err"u8);
        await agent.ExitAsync(42);
        Assert.Equal(42, await client.ExitAsync());
        Assert.Equal(("out", "err"), (await client.ReadOutputAsync(), await client.ReadErrorAsync()));
    }

    [PublishedFact]
    public async Task The_end_of_the_output_passes_at_once_and_input_goes_on()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.StartPublished(agent, "vm", "svc");
        await agent.AcceptAsync();
        await agent.SendAsync(MessageType.DataStdout, []);
        Assert.Equal("", await client.ReadOutputAsync());
        await client.Input.WriteAsync("still"u8.ToArray());
        await client.Input.FlushAsync();
        Assert.Equal("still", Encoding.UTF8.GetString((await agent.ReadMessageAsync()).Body));
        await agent.SendAsync(QrexecMessage.EncodeExitCode(0));
        Assert.Equal(0, await client.ExitAsync());
        // The service ended first: the last word is the end of the input.
        Assert.Empty((await agent.ReadMessageAsync()).Body);
    }

    [Fact]
    public async Task A_hundred_megabytes_go_through_both_ways_at_once()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        var data = RandomNumberGenerator.GetBytes(100_000_000);
        var feeding = Task.Run(async () =>
        {
            await client.Input.WriteAsync(data);
            client.Input.Close();
        });
        var reading = Task.Run(() => SHA256.HashDataAsync(client.Output).AsTask());
        while (true)
        {
            var (_, body) = await agent.ReadMessageAsync();
            if (body.Length == 0)
                break;
            await agent.SendAsync(MessageType.DataStdout, body);
        }

        await agent.ExitAsync(0);
        await feeding.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(data), await reading.WaitAsync(Limit));
        Assert.Equal(0, await client.ExitAsync());
    }

    [Fact]
    public async Task A_reader_that_stalls_does_not_hold_up_the_input()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        // More than pipe and sockets hold: the client has to leave some of it where it is.
        var flood = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
                await agent.SendAsync(MessageType.DataStdout, new byte[65536]);
            await agent.ExitAsync(0);
        });
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        var reading = agent.ReadInputAsync();
        await client.Input.WriteAsync(data).AsTask().WaitAsync(Limit);
        client.Input.Close();
        Assert.Equal(data, await reading);
        Assert.False(flood.IsCompleted);
        Assert.Equal(40 * 65536, (await client.ReadOutputAsync()).Length);
        await flood.WaitAsync(Limit);
        Assert.Equal(0, await client.ExitAsync());
    }

    [Fact]
    public async Task It_ends_when_both_its_ends_are_closed_even_if_the_service_takes_nothing()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        using var stop = new CancellationTokenSource();
        var stuck = client.Input.WriteAsync(new byte[5_000_000], stop.Token).AsTask();
        await agent.ReadMessageAsync();
        client.Output.Close();
        client.Input.Close();
        Assert.Equal(255, await client.ExitAsync());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => stuck.WaitAsync(Limit));
    }

    [Fact]
    public async Task With_its_output_closed_the_rest_of_the_input_is_delivered_before_it_leaves()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        client.Output.Close();
        await client.Input.WriteAsync("last words"u8.ToArray());
        client.Input.Close();
        Assert.Equal("last words", Encoding.UTF8.GetString(await agent.ReadInputAsync()));
        Assert.Equal(255, await client.ExitAsync());
    }

    [Fact]
    public async Task A_reader_that_has_gone_does_not_end_a_call_that_still_has_input()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        client.Output.Close();
        for (var i = 0; i < 40; i++)
            await agent.SendAsync(MessageType.DataStdout, new byte[65536]);
        await client.Input.WriteAsync("more"u8.ToArray());
        await client.Input.FlushAsync();
        Assert.Equal("more", Encoding.UTF8.GetString((await agent.ReadMessageAsync()).Body));
        await agent.ExitAsync(9);
        Assert.Equal(9, await client.ExitAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("93010000020000000100")]
    [InlineData("0909090900000000")]
    [InlineData("9101000001000100")]
    [InlineData("0002000000000000")]
    public async Task A_lost_connection_a_short_status_and_a_broken_protocol_are_255(string bytes)
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "vm", "svc");
        await agent.AcceptAsync();
        await agent.SendAsync(Convert.FromHexString(bytes));
        await agent.Vchan.DisposeAsync();
        Assert.Equal(255, await client.ExitAsync());
    }

    [Fact]
    public async Task Under_protocol_2_no_message_is_longer_than_4096_bytes()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, "-p", new string('p', 10_000), "vm", "svc");
        await agent.AcceptAsync(2);
        await client.Input.WriteAsync(new byte[100_000]);
        client.Input.Close();
        Assert.Equal(110_000, (await agent.ReadInputAsync(4096)).Length);
        await agent.ExitAsync(0);
        Assert.Equal(0, await client.ExitAsync());
    }

    [Theory]
    [InlineData("-tT", "a_[1m\t_\r\n\b\a", "___")]
    [InlineData("--no-filter-escape-chars-stdout", "a\u001b[1m\t\0\r\n\b\a", "\u001b\u007f\u0001")]
    public async Task Control_characters_are_replaced_where_that_is_asked_for(string option, string output, string error)
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Start(agent, option, "vm", "svc");
        await agent.AcceptAsync();
        await agent.SendAsync(MessageType.DataStdout, "a\u001b[1m\t\0\r\n\b\a"u8);
        await agent.SendAsync(MessageType.DataStderr, "\u001b\u007f\u0001"u8);
        await agent.ExitAsync(0);
        Assert.Equal((output, error), (await client.ReadOutputAsync(), await client.ReadErrorAsync()));
    }

    [PublishedFact]
    public async Task Output_to_a_file_and_closed_descriptors_are_fine()
    {
        await using var agent = new PlainAgent();
        await using var client = ClientProcess.Run(
            agent, ["/bin/bash", "-c", $"\"$@\" <&- >>{agent.Directory}/out 2>&-", "bash", ClientProcess.Published!, "-a", agent.SocketPath, "vm", "svc"]);
        await File.WriteAllTextAsync(agent.Directory + "/out", "kept ");
        await agent.AcceptAsync();
        Assert.Empty(await agent.ReadInputAsync());
        await agent.SendAsync(MessageType.DataStdout, "added"u8);
        await agent.SendAsync(MessageType.DataStderr, "lost"u8);
        await agent.ExitAsync(1);
        Assert.Equal(1, await client.ExitAsync());
        Assert.Equal("kept added", await File.ReadAllTextAsync(agent.Directory + "/out"));
    }
}
