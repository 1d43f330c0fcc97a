using System.Diagnostics;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using QrexecClient = Qubes.Qrexec.Data.HostClient;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

/// <summary>The whole path of a call, but for the machine: host client, plugin, link, agent, service.</summary>
public sealed class RealAgentTests : IAsyncLifetime
{
    private readonly string user = Environment.UserName;
    private TestHost host = null!;
    private Process agent = null!;

    public async Task InitializeAsync()
    {
        host = await TestHost.StartAsync(connects: false, hasFakeGuest: false);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (string word in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "qubes-agent.dll"), "--socket", host.AgentSocketPath])
            start.ArgumentList.Add(word);
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
}
