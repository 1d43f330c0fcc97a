using System.Diagnostics;
using Qubes.Agent.Tests.Callers;
using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Identity;

/// <summary>
/// The real agent, in a user namespace of its own with mounts and a host name of its own: it may seal itself there, but neither
/// credit entropy nor set the clock, so nothing of this machine can change.
/// </summary>
public sealed class SealedAgentTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Sealing_ends_services_and_their_groups_and_drops_callers_and_then_nothing_is_served()
    {
        await using var agent = await AgentProcess.StartAsync(isAlone: true);
        var pipe = Path.Combine(agent.Directory, "alive");
        using (var made = Process.Start("mkfifo", [pipe]))
            made.WaitForExit();
        // Whoever descends from it holds the pipe: its end is theirs.
        await agent.AddServiceAsync("test.Long", $"exec 9>{pipe}; sleep 1000 & echo up >&9; wait");
        var alive = Task.Run(() => new StreamReader(pipe));
        var call = CallOutcome.RunAsync(await agent.CallAsync("test.Long"), []);
        using var reader = await alive.WaitAsync(Bound);
        Assert.Equal("up", await reader.ReadLineAsync().WaitAsync(Bound));
        await using var caller = await LocalCaller.ConnectAsync(agent);

        await agent.Link.SealAsync(default).WaitAsync(Bound);

        Assert.Equal("", await reader.ReadToEndAsync().WaitAsync(Bound));
        Assert.Null(await caller.ReadAnswerAsync());
        await using var late = await LocalCaller.ConnectAsync(agent);
        Assert.Null(await late.ReadAnswerAsync());
        Assert.False(call.IsCompleted);
        await agent.Link.DisposeAsync();
        await using var link = await agent.ConnectLinkAsync();
        await using var refused = link.OpenChannel(new VchanAddress(0, QrexecLimits.ControlPort));
        Assert.Equal(0, await refused.ReadAsync(new byte[10], default).AsTask().WaitAsync(Bound));
        await link.PingAsync(default).WaitAsync(Bound);
        await Task.WhenAny(call).WaitAsync(Bound);
    }

    [Fact]
    public async Task Without_the_right_to_credit_entropy_an_identity_is_refused_and_the_seal_stays()
    {
        await using var agent = await AgentProcess.StartAsync(isAlone: true);
        await agent.Link.SealAsync(default).WaitAsync(Bound);
        await agent.Link.DisposeAsync();
        Assert.Equal(IdentityOutcome.Entropy, await IdentifyAsync(agent));
        Assert.Equal(IdentityOutcome.FailedBefore, await IdentifyAsync(agent));
        await using var link = await agent.ConnectLinkAsync();
        await using var refused = link.OpenChannel(new VchanAddress(0, QrexecLimits.ControlPort));
        Assert.Equal(0, await refused.ReadAsync(new byte[10], default).AsTask().WaitAsync(Bound));
    }

    [Fact]
    public async Task An_agent_that_was_not_sealed_refuses_an_identity_and_goes_on()
    {
        await using var agent = await AgentProcess.StartAsync(isAlone: true);
        await agent.AddServiceAsync("test.Fine", "exit 7");
        await agent.Link.DisposeAsync();
        Assert.Equal(IdentityOutcome.NotSealed, await IdentifyAsync(agent));
        await agent.ConnectAsync();
        Assert.Equal(7, (await CallOutcome.RunAsync(await agent.CallAsync("test.Fine"), [])).Status);
    }

    [Fact]
    public async Task The_machine_and_boot_ids_are_covered_for_the_guest_alone()
    {
        await using var agent = await AgentProcess.StartAsync(isAlone: true);
        await agent.Link.SealAsync(default).WaitAsync(Bound);
        foreach (var file in (string[])["/etc/machine-id", "/proc/sys/kernel/random/boot_id"])
        {
            var inside = await File.ReadAllTextAsync($"/proc/{agent.Pid}/root{file}");
            Assert.True(Guid.TryParse(inside, out _));
            Assert.NotEqual(File.Exists(file) ? await File.ReadAllTextAsync(file) : "", inside);
        }
    }

    private static async Task<IdentityOutcome> IdentifyAsync(AgentProcess agent)
    {
        using var identity = Identities.New();
        var refusal = await Assert.ThrowsAsync<IdentityRefusedException>(async () => await LinkConnection.ConnectCloneAsync(
            await agent.OpenStreamAsync(default), identity, new VchanAddress(0, QrexecLimits.ControlPort), new LinkOptions(), default).WaitAsync(Bound));
        return refusal.Outcome;
    }
}
