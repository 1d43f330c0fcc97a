using System.Diagnostics;
using System.Security.Cryptography;
using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Callers;

/// <summary>The real client calls a service of the same agent through the host, which only joins the two.</summary>
public sealed class WholeCallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_program_calls_a_service_and_gets_its_output_errors_and_status()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Sum", "echo \"$QREXEC_REMOTE_DOMAIN $1\" >&2; sha256sum; exit 3");
        using var client = Start(agent, "vm", "test.Sum+arg");
        var data = RandomNumberGenerator.GetBytes(10_000_000);
        var joined = JoinAsync(agent, "test.Sum+arg");
        await client.StandardInput.BaseStream.WriteAsync(data).AsTask().WaitAsync(Limit);
        client.StandardInput.Close();
        var output = await client.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await client.WaitForExitAsync().WaitAsync(Limit);
        await joined.WaitAsync(Limit);
        Assert.Equal(3, client.ExitCode);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), output.Split(' ')[0]);
        Assert.Equal("caller arg\n", await client.StandardError.ReadToEndAsync());
        // Both sides tell that theirs has ended.
        var ends = new[] { await EndAsync(agent), await EndAsync(agent) };
        Assert.Equal([new ExecParameters(8, 514), new ExecParameters(9, 515)], ends.Order(Comparer<ExecParameters>.Create((a, b) => a.Port - b.Port)));
    }

    [Fact]
    public async Task A_killed_client_ends_the_service_that_listens()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.AddServiceAsync("test.Cat", "echo started; exec cat");
        using var client = Start(agent, "vm", "test.Cat");
        var joined = JoinAsync(agent, "test.Cat");
        Assert.Equal("started", await client.StandardOutput.ReadLineAsync().WaitAsync(Limit));
        client.Kill();
        await joined.WaitAsync(Limit);
        await EndAsync(agent);
        await EndAsync(agent);
    }

    private static async Task<ExecParameters> EndAsync(AgentProcess agent)
    {
        var message = await agent.ReadAsync();
        Assert.Equal(MessageType.ConnectionTerminated, message.Type);
        return ExecParameters.Read(message.Body.Span);
    }

    // The guest calls itself: as caller its peer is 9 on port 515, as the service's side its peer is 8 on port 514.
    private static async Task JoinAsync(AgentProcess agent, string service)
    {
        var request = await agent.TakeCallAsync();
        Assert.Equal(service, request.Service);
        await agent.Control.WriteAsync(new ExecRequest(new ExecParameters(8, 514), $"{Environment.UserName}:QUBESRPC {service} caller")
            .Encode(MessageType.ExecCmdline), default);
        var callee = await agent.TakeChannelAsync(8, 514);
        await agent.AnswerAsync(request.Id, 9, 515);
        var caller = await agent.TakeChannelAsync(9, 515);
        await VchanBridge.RunAsync(caller, callee, default);
    }

    private static Process Start(AgentProcess agent, params string[] arguments)
    {
        var published = Environment.GetEnvironmentVariable("QUBES_CLIENT");
        string[] program = published is null ? ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "qrexec-client-vm.dll")] : [published];
        var start = new ProcessStartInfo(program[0], [.. program[1..], "-a", agent.ClientSocket, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VCHAN_SOCKET_DIR"] = agent.Vchans;
        return Process.Start(start)!;
    }
}
