using System.Diagnostics;
using System.Text;
using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

/// <summary>The daemon calls services of a real agent, which finds them in a directory of this test.</summary>
public sealed class DaemonCallTests : IAsyncLifetime
{
    private readonly string services = Directory.CreateTempSubdirectory("qrx-services").FullName;
    private readonly string user = Environment.UserName;
    private TestHost host = null!;
    private Process agent = null!;

    public async Task InitializeAsync()
    {
        host = await TestHost.StartAsync(connects: false, hasFakeGuest: false);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (string word in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "qubes-agent.dll"), "--socket", host.AgentSocketPath])
            start.ArgumentList.Add(word);
        start.Environment["QREXEC_SERVICE_PATH"] = services;
        start.Environment["QUBES_RPC_CONFIG_PATH"] = services + "/config";
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
        Directory.Delete(services, recursive: true);
    }

    [Fact]
    public async Task A_service_gets_its_input_argument_and_caller_and_gives_output_and_exit_code()
    {
        Add("test.Echo", "echo \"$QREXEC_REMOTE_DOMAIN $1\"; cat; echo said >&2; exit 9");
        GuestServiceResult result = await CallAsync("test.Echo+arg", "private\n"u8.ToArray());
        Assert.Equal(9, result.ExitCode);
        Assert.Equal("dom0 arg\nprivate\n", Encoding.ASCII.GetString(result.Output.Span));
        Assert.Equal("said\n", Encoding.ASCII.GetString(result.Error.Span));
    }

    [Fact]
    public async Task A_service_that_the_guest_does_not_have_ends_with_127() =>
        Assert.Equal(127, (await CallAsync("test.None")).ExitCode);

    [Fact]
    public async Task Of_much_output_the_first_64_KiB_are_kept_and_the_service_goes_on()
    {
        Add("test.Much", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3");
        GuestServiceResult result = await CallAsync("test.Much");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal((64 * 1024, 4 * 1024), (result.Output.Length, result.Error.Length));
    }

    [Fact]
    public async Task Many_calls_run_at_once_and_beside_host_clients()
    {
        Add("test.Number", "cat");
        var calls = Enumerable.Range(0, 20).Select(i => CallAsync("test.Number", Encoding.ASCII.GetBytes($"{i}"))).ToList();
        Assert.Equal(4, (await host.CallAsync($"{user}:exit 4")).Status);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), (await Task.WhenAll(calls)).Select(r => Encoding.ASCII.GetString(r.Output.Span)));
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_its_service_goes_on()
    {
        Add("test.Slow", $"touch {services}/begun; cat >/dev/null; until test -e {services}/go; do sleep 0.02; done; touch {services}/done");
        using var giveUp = new CancellationTokenSource();
        Task<GuestServiceResult> call = CallAsync("test.Slow", cancel: giveUp.Token);
        await host.CallAsync($"{user}:until test -e {services}/begun; do sleep 0.02; done");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, (await host.CallAsync($"{user}:touch {services}/go; until test -e {services}/done; do sleep 0.02; done")).Status);
    }

    [Fact]
    public async Task An_agent_that_leaves_before_the_service_ended_is_said_to_have()
    {
        Add("test.Slow", $"touch {services}/begun; exec sleep 30");
        Task<GuestServiceResult> call = CallAsync("test.Slow");
        await host.CallAsync($"{user}:until test -e {services}/begun; do sleep 0.02; done");
        agent.Kill(entireProcessTree: true);
        await Assert.ThrowsAsync<QubeNotRunningException>(() => call);
    }

    [Fact]
    public async Task A_qube_without_an_agent_is_not_running()
    {
        var other = Substitute.For<IQube>();
        other.Uuid.Returns(Guid.NewGuid());
        await Assert.ThrowsAsync<QubeNotRunningException>(
            () => host.Services.CallAsync(other, "test.Echo", null, default, default));
    }

    [Theory]
    [InlineData("", "alice")]
    [InlineData("a b", "alice")]
    [InlineData("../x", "alice")]
    [InlineData("x dom0 name y", "alice")]
    [InlineData("x\n", "alice")]
    [InlineData("x", "ali:ce")]
    [InlineData("x", "-alice")]
    [InlineData("x", "al ice")]
    public async Task A_service_or_user_with_characters_of_the_protocol_is_refused(string service, string name) =>
        await Assert.ThrowsAsync<InvalidValueException>(
            () => host.Services.CallAsync(host.Qube, service, name, default, default));

    private Task<GuestServiceResult> CallAsync(string service, byte[]? input = null, CancellationToken cancel = default) =>
        host.Services.CallAsync(host.Qube, service, user, input ?? [], cancel);

    private void Add(string name, string script)
    {
        File.WriteAllText($"{services}/{name}", "#!/bin/sh\n" + script);
        File.SetUnixFileMode($"{services}/{name}", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
