using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Link;

namespace Qubes.Agent.Tests.Serving;

public sealed class ServiceCallTests
{
    [Fact]
    public async Task A_service_gets_its_input_environment_and_argument_and_its_status_comes_back()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Env", """
            echo "$1|$#|$QREXEC_REMOTE_DOMAIN|$QREXEC_SERVICE_FULL_NAME|$QREXEC_SERVICE_ARGUMENT|$QREXEC_REQUESTED_TARGET_TYPE|$QREXEC_LEAKED"
            echo "$HOME $USER $(ps -o sid= -p $$ | tr -d ' ') $$" >&2
            cat
            exit 42
            """);
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Env+arg"), "input"u8.ToArray());
        Assert.Equal("arg|1|dom0|test.Env+arg|arg||\ninput", outcome.Text);
        Assert.Equal(42, outcome.Status);
        var error = outcome.Error.Split(' ');
        Assert.Equal(Environment.UserName, error[1]);
        Assert.Equal(error[3].Trim(), error[2]);
        var ended = await agent.Control.ReadAsync(default);
        Assert.Equal(MessageType.ConnectionTerminated, ended!.Type);
        Assert.Equal(new ExecParameters(0, 513), ExecParameters.Read(ended.Body.Span));
    }

    [Theory]
    [InlineData("test.Missing", 127)]
    [InlineData("test.NotExecutable", 125)]
    [InlineData("test.BadConfiguration", 125)]
    [InlineData("test.BadInterpreter", 125)]
    [InlineData("test.BadUser", 125)]
    [InlineData("test.Killed", 128 + 9)]
    [InlineData("test.Fine", 0)]
    public async Task Every_way_to_end_has_its_status(string service, int status)
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Killed", "kill -9 $$");
        foreach (var name in (string[])["test.Fine", "test.BadConfiguration", "test.BadUser"])
            await agent.AddServiceAsync(name, "exit 0");
        await File.WriteAllTextAsync(Path.Combine(agent.Services, "test.NotExecutable"), "");
        await agent.AddServiceAsync("test.BadInterpreter", "");
        await File.WriteAllTextAsync(Path.Combine(agent.Services, "test.BadInterpreter"), "#!/does/not/exist\n");
        await File.WriteAllTextAsync(Path.Combine(agent.Configuration, "test.BadConfiguration"), "force-user = \"root\"\n");
        await File.WriteAllTextAsync(Path.Combine(agent.Configuration, "test.BadUser"), "force-user = 'no-such-user'\n");
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync(service), []);
        Assert.Equal(status, outcome.Status);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task The_end_of_input_reaches_the_service_at_once_and_the_answer_comes_after_it()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Count", "wc -c");
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Count"), new byte[300_000]);
        Assert.Equal("300000", outcome.Text.Trim());
    }

    [Fact]
    public async Task The_exit_code_waits_for_a_child_that_keeps_an_output_open()
    {
        await using var agent = await AgentProcess.StartAsync();
        var fifo = Path.Combine(agent.Directory, "fifo");
        await agent.AddServiceAsync("test.Fork", $"mkfifo {fifo}; (exec >&-; cat {fifo} >&2) & exit 3");
        var call = CallOutcome.RunAsync(await agent.CallAsync("test.Fork"), []);
        while (!File.Exists(fifo))
            await Task.Yield();
        await agent.Link.PingAsync(default);
        Assert.False(call.IsCompleted);
        await File.WriteAllTextAsync(fifo, "late");
        var outcome = await call;
        Assert.Equal((3, "late"), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task A_hundred_megabytes_go_through_both_ways_unharmed()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "exec cat");
        var data = RandomNumberGenerator.GetBytes(100_000_000);
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat"), data);
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(outcome.Output));
    }

    [Fact]
    public async Task Readers_that_stall_on_either_side_hold_up_only_their_own_call()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Flood", "exec cat /dev/zero");
        await agent.AddServiceAsync("test.Deaf", "exec tail --pid=$QREXEC_AGENT_PID -f /dev/null");
        await agent.AddServiceAsync("test.Cat", "exec cat");
        await using var flood = await agent.CallAsync("test.Flood", 513);
        await DataHandshake.ExchangeAsync(flood, true, default);
        await using var deaf = await agent.CallAsync("test.Deaf", 514);
        await DataHandshake.ExchangeAsync(deaf, true, default);
        using var stop = new CancellationTokenSource();
        var stuck = WriteForeverAsync(deaf, stop.Token);
        var data = RandomNumberGenerator.GetBytes(10_000_000);
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat", 515), data);
        Assert.Equal(data, outcome.Output);
        Assert.False(stuck.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
    }

    [Fact]
    public async Task A_caller_that_leaves_closes_the_pipes_but_kills_nothing()
    {
        await using var agent = await AgentProcess.StartAsync();
        var mark = Path.Combine(agent.Directory, "mark");
        await agent.AddServiceAsync("test.Stay", $"echo started; cat >/dev/null; touch {mark}; exit 0");
        var channel = await agent.CallAsync("test.Stay");
        await DataHandshake.ExchangeAsync(channel, true, default);
        Assert.NotEqual(0, await channel.ReadAsync(new byte[64], default));
        await channel.DisposeAsync();
        Assert.Equal(MessageType.ConnectionTerminated, (await agent.Control.ReadAsync(default))!.Type);
        Assert.True(File.Exists(mark));
    }

    [Fact]
    public async Task After_the_host_vanished_and_came_back_calls_work_again_and_old_ones_end()
    {
        await using var agent = await AgentProcess.StartAsync();
        var mark = Path.Combine(agent.Directory, "mark");
        await agent.AddServiceAsync("test.Stay", $"echo started; cat >/dev/null; touch {mark}; exit 0");
        await agent.AddServiceAsync("test.Cat", "exec cat");
        var channel = await agent.CallAsync("test.Stay");
        await DataHandshake.ExchangeAsync(channel, true, default);
        Assert.NotEqual(0, await channel.ReadAsync(new byte[64], default));
        await agent.Link.DisposeAsync();
        await agent.ConnectAsync();
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat"), "again"u8.ToArray());
        Assert.Equal("again", outcome.Text);
        while (!File.Exists(mark))
            await Task.Yield();
    }

    [Fact]
    public async Task A_plain_command_runs_in_the_login_shell_and_just_exec_answers_at_once()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.StartCallAsync($"{Environment.UserName}:nogui:echo $0; exit 7");
        var outcome = await CallOutcome.RunAsync(await agent.Link.Incoming.ReadAsync(), []);
        Assert.StartsWith("-", outcome.Text, StringComparison.Ordinal);
        Assert.Equal(7, outcome.Status);

        await agent.StartCallAsync($"{Environment.UserName}:exec tail --pid=$QREXEC_AGENT_PID -f /dev/null", 514, MessageType.JustExec);
        await using var channel = await agent.Link.Incoming.ReadAsync();
        await DataHandshake.ExchangeAsync(channel, true, default);
        var answer = new byte[64];
        var count = 0;
        while (await channel.ReadAsync(answer.AsMemory(count), default) is > 0 and var read)
            count += read;
        Assert.Equal(QrexecMessage.EncodeExitCode(0), answer[..count]);
    }

    [Fact]
    public async Task Under_protocol_2_no_message_is_longer_than_4096_bytes()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Zeros", "head -c 100000 /dev/zero");
        await using var channel = await agent.CallAsync("test.Zeros");
        await channel.WriteAsync(QrexecMessage.EncodeHello(2), default);
        var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await channel.ReadAsync(buffer, default) is > 0 and var count)
            all.Write(buffer, 0, count);
        ReadOnlyMemory<byte> rest = all.ToArray().AsMemory(MessageHeader.Size + 4);
        var decoder = new DataDecoder(2);
        var total = 0;
        while (decoder.TryRead(ref rest, out var piece))
            total += piece.Type == MessageType.DataStdout ? piece.Bytes.Length : 0;
        Assert.Equal(100_000, total);
    }

    [Fact]
    public async Task A_message_of_unknown_type_ends_that_call_only()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "exec cat");
        await using var channel = await agent.CallAsync("test.Cat");
        await DataHandshake.ExchangeAsync(channel, true, default);
        await channel.WriteAsync(new byte[] { 9, 9, 9, 9, 0, 0, 0, 0 }, default);
        Assert.Equal(0, await channel.ReadAsync(new byte[64], default));
        var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat", 514), "fine"u8.ToArray());
        Assert.Equal("fine", outcome.Text);
    }

    [Fact]
    public async Task Nothing_leaks_over_many_calls()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "exec cat");
        await CallOutcome.RunAsync(await agent.CallAsync("test.Cat"), "x"u8.ToArray());
        await agent.Control.ReadAsync(default);
        var before = CountDescriptors(agent);
        for (var i = 0; i < 50; i++)
        {
            var outcome = await CallOutcome.RunAsync(await agent.CallAsync("test.Cat"), Encoding.UTF8.GetBytes($"call {i}"));
            Assert.Equal($"call {i}", outcome.Text);
            await agent.Control.ReadAsync(default);
        }

        Assert.Equal(before, CountDescriptors(agent));
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), path => IsZombieOf(path, agent.Pid));
    }

    private static int CountDescriptors(AgentProcess agent) => Directory.GetFileSystemEntries($"/proc/{agent.Pid}/fd").Length;

    private static bool IsZombieOf(string path, int parent)
    {
        if (!int.TryParse(Path.GetFileName(path), out _) || !File.Exists(path + "/stat"))
            return false;
        try
        {
            var fields = File.ReadAllText(path + "/stat").Split(") ")[^1].Split(' ');
            return fields[0] == "Z" && fields[1] == parent.ToString();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task WriteForeverAsync(LinkChannel vchan, CancellationToken cancel)
    {
        var message = new byte[MessageHeader.Size + 65536];
        BinaryPrimitives.WriteInt32LittleEndian(message, (int)MessageType.DataStdin);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), 65536);
        while (true)
            await vchan.WriteAsync(message, cancel);
    }
}
