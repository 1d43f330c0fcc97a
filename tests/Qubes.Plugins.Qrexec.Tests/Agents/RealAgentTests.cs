using System.Diagnostics;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using QrexecClient = Qubes.Qrexec.Data.HostClient;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

/// <summary>The whole path of a call, but for the machine: host client, plugin, line, agent, service.</summary>
public abstract class RealAgentTests : IAsyncLifetime
{
    private readonly bool overVchans;
    private readonly string user = Environment.UserName;
    private TestHost host = null!;
    private Process agent = null!;

    private protected RealAgentTests(bool overVchans) => this.overVchans = overVchans;

    private string Calls => Path.GetDirectoryName(host.AgentSocketPath) + "/calls";

    public async Task InitializeAsync()
    {
        host = await TestHost.StartAsync(
            connects: false, hasFakeGuest: false, agentSocket: overVchans ? $"vchan.{TestHost.Id}.0.512.sock" : "agent.sock");
        string directory = Path.GetDirectoryName(host.AgentSocketPath)!;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (string word in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "qubes-agent.dll"),
            .. overVchans ? ["--vchan-socket", directory, "--domain", $"{TestHost.Id}"] : (string[])["--socket", host.AgentSocketPath],
            "--client-socket", Calls])
            start.ArgumentList.Add(word);
        start.Environment["VCHAN_SOCKET_DIR"] = directory;
        agent = Process.Start(start)!;
        agent.BeginErrorReadLine();
        await host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        agent.Kill();
        await agent.WaitForExitAsync();
        agent.Dispose();
    }

    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_output_and_exit_code()
    {
        byte[] sent = new byte[2_000_000];
        new Random(1).NextBytes(sent);
        var (status, received) = await host.CallAsync($"{user}:cat; exit 7", new MemoryStream(sent));
        Assert.Equal(7, status);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Many_calls_at_once_end_well()
    {
        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.CallAsync($"{user}:echo {i}; exit {i}")));
        Assert.Equal(Enumerable.Range(0, 20), calls.Select(c => c.Status));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), calls.Select(c => System.Text.Encoding.ASCII.GetString(c.Output)));
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_the_input_of_its_command()
    {
        string mark = host.Paths.Runtime + "/ended";
        await using (QrexecClient client = await host.ConnectAsync())
        {
            ExecParameters port = await client.StartAsync(
                MessageType.ExecCmdline, new ExecRequest(new(0, 0), $"{user}:cat; touch {mark}"), CancellationToken.None);
            await using UnixVchanListener listener = QrexecClient.Listen(host.Paths.Vchan, port);
            await using UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
            await vchan.WriteAsync(QrexecMessage.EncodeHello(4), CancellationToken.None);
        }
        Assert.Equal(0, (await host.CallAsync($"{user}:until test -e {mark}; do sleep 0.05; done")).Status);
    }

    [Fact]
    public async Task A_dropped_line_is_connected_anew()
    {
        for (int i = 0; i < 3; i++)
        {
            await host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
            Assert.Equal(i, (await host.CallAsync($"{user}:exit {i}")).Status);
        }
    }

    [Fact]
    public async Task A_program_calls_a_service_of_another_guest()
    {
        var (_, vault) = await host.AddAsync("vault", 9);
        byte[] sent = new byte[2_000_000];
        new Random(2).NextBytes(sent);
        var (status, received) = await CallAsync("vault", "echo", sent);
        Assert.Equal(0, status);
        Assert.Equal(sent, received);
        Assert.Equal(9, (await CallAsync("vault", "exit+9", [])).Status);
        host.Judge.Verdict = _ => new DeniedCall("no");
        Assert.Equal(126, (await CallAsync("vault", "echo", [])).Status);
        Assert.Equal("alice:QUBESRPC echo+ work", (await vault.Executed.ReadAsync()).Command);
    }

    // The program as it is built; in guests it runs compiled ahead of time.
    private async Task<(int Status, byte[] Output)> CallAsync(string target, string service, byte[] input)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string word in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "qrexec-client-vm.dll"), "-a", Calls, target, service])
            start.ArgumentList.Add(word);
        start.Environment["VCHAN_SOCKET_DIR"] = Path.GetDirectoryName(Calls);
        start.Environment["VCHAN_DOMAIN"] = overVchans ? $"{TestHost.Id}" : "0";
        using Process process = Process.Start(start)!;
        Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream);
        if (input.Length > 0)
            await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(FakeGuest.Patience);
        return (process.ExitCode, await output);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var kept = new MemoryStream();
        await stream.CopyToAsync(kept);
        return kept.ToArray();
    }
}

/// <summary>Over our link.</summary>
public sealed class LinkAgentTests() : RealAgentTests(overVchans: false);

/// <summary>Over Unix-socket vchans, as agents built on those do.</summary>
public sealed class VchanAgentTests() : RealAgentTests(overVchans: true);
