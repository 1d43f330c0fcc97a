using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Preloading;

/// <summary>
/// The daemon is killed (SIGKILL) in each state that a preload can be in; what the next one makes of it is the spec's table
/// (preloaded disposables, section 7).
/// </summary>
[Collection(RealMachines.Name)]
public sealed class RecoveryTests(DisposableHost host) : IAsyncLifetime
{
    private readonly PreloadedHost preloads = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => preloads.EndAsync();

    [Theory]
    [InlineData("CREATED", "domain-create-on-disk")]
    [InlineData("BOOTING", "domain-spawn")]
    [InlineData("PAUSING", "domain-pre-paused")]
    public async Task One_that_is_not_ready_is_removed(string state, string @event)
    {
        using var events = await EventListener.OpenAsync(Daemon);
        await preloads.SetAsync("preload-dispvm-max", "1");
        var name = SubjectOf(await events.UntilAsync(@event));
        await Daemon.KillAsync();
        // It can have become ready in the moment that the kill took: then the table says "kept".
        var isReady = await preloads.StoredAsync(name, "preload-dispvm-in-progress") is "";

        await Daemon.RestartAsync();

        if (isReady)
            Assert.Equal((state, "Paused"), (state, await preloads.StateOfAsync(name)));
        else
            await preloads.UntilGoneAsync(name);
        Assert.Equal(isReady, (await preloads.QueueAsync()).Contains(name));
    }

    [Fact]
    public async Task READY_a_complete_one_is_handed_out_and_its_machine_was_never_restarted()
    {
        var name = Assert.Single(await preloads.PreloadAsync(1));
        var process = preloads.ProcessOf(name);
        Assert.NotNull(process);

        await Daemon.KillAsync();
        await Daemon.RestartAsync();

        Assert.Equal([name], await preloads.QueueAsync());
        Assert.Equal("Paused", await preloads.StateOfAsync(name));
        Assert.Equal(name, (await Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template)).Ok);
        Assert.Equal(process, preloads.ProcessOf(name));
        Assert.Equal("here\n", (await Daemon.RunAsync("qvm-run", "-p", name, "echo here")).Succeeded().Text);
    }

    [Fact]
    public async Task READY_one_whose_machine_was_destroyed_meanwhile_is_removed()
    {
        var name = Assert.Single(await preloads.PreloadAsync(1));

        await Daemon.KillAsync();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-KILL", $"{preloads.ProcessOf(name)}"]))
            await kill.WaitForExitAsync();
        await Daemon.RestartAsync();

        await preloads.UntilGoneAsync(name);
        Assert.DoesNotContain(name, await preloads.QueueAsync());
    }

    [Fact]
    public async Task CLAIMED_EARLY_one_that_was_requested_while_it_booted_is_removed()
    {
        using var events = await EventListener.OpenAsync(Daemon);
        await preloads.SetAsync("preload-dispvm-max", "1");
        var name = SubjectOf(await events.UntilAsync("domain-spawn"));
        var request = Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template);
        await events.UntilAsync("property-reset:is_preload");
        await Daemon.KillAsync();
        await request;
        Assert.Equal("1", await preloads.StoredAsync(name, "preload-dispvm-in-progress"));

        await Daemon.RestartAsync();

        await preloads.UntilGoneAsync(name);
    }

    [Fact]
    public async Task CLAIMED_one_that_was_requested_and_not_handed_over_is_removed()
    {
        var name = Assert.Single(await preloads.PreloadAsync(1));
        using var events = await EventListener.OpenAsync(Daemon);
        var request = Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template);
        await events.UntilAsync("domain-pre-unpaused");
        await Daemon.KillAsync();
        var wasHandedOver = (await request).Bytes.Length > 0;
        var inProgress = await preloads.StoredAsync(name, "preload-dispvm-in-progress");

        await Daemon.RestartAsync();

        switch (inProgress)
        {
            case "1":
                await preloads.UntilGoneAsync(name);
                break;
            case "":
                // The kill came before the claim was on disk: it is as ready as it was; or, if it had been let run already, nobody gets it.
                await preloads.UntilGoneAsync(name, orIs: "Paused");
                break;
            default:
                // The kill came after the hand-over: it is an ordinary disposable, and no preload.
                Assert.Equal("Running", await preloads.StateOfAsync(name));
                break;
        }
        Assert.Equal(await preloads.StateOfAsync(name) is "Paused", (await preloads.QueueAsync()).Contains(name));
        // Whoever heard of it keeps it.
        Assert.True(!wasHandedOver || inProgress is null);
    }

    [Fact]
    public async Task USED_one_is_its_users_and_stays()
    {
        await preloads.PreloadAsync(1);
        var name = (await Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template)).Ok;
        await Daemon.KillAsync();

        await Daemon.RestartAsync();

        Assert.Equal("Running", await preloads.StateOfAsync(name));
        Assert.Equal("here\n", (await Daemon.RunAsync("qvm-run", "-p", name, "echo here")).Succeeded().Text);
    }

    [Fact]
    public async Task DISCARDED_one_is_removed_though_the_daemon_did_not_get_to_it()
    {
        var name = Assert.Single(await preloads.PreloadAsync(1));
        using var events = await EventListener.OpenAsync(Daemon);
        await preloads.SetAsync("preload-dispvm-max", "0");
        await events.UntilAsync("domain-feature-set:preload-dispvm");
        await Daemon.KillAsync();

        await Daemon.RestartAsync();

        await preloads.UntilGoneAsync(name);
        Assert.Null(preloads.ProcessOf(name));
    }

    [Fact]
    public async Task A_used_one_that_was_being_destroyed_is_removed()
    {
        await preloads.PreloadAsync(1);
        var name = (await Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template)).Ok;
        await preloads.SetAsync("preload-dispvm-max", "0");
        await preloads.OkAsync("admin.vm.Kill", name);
        await Daemon.KillAsync();

        await Daemon.RestartAsync();

        await preloads.UntilGoneAsync(name);
    }

    private static string SubjectOf(string record) => record.Split('|')[1];
}
