using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Preloading;

/// <summary>Scenarios of the spec's section 13.4 that touch machines, on real ones; their numbers are the spec's.</summary>
[Collection(RealMachines.Name)]
public sealed class PreloadTests(DisposableHost host) : IAsyncLifetime
{
    private readonly PreloadedHost preloads = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public async Task InitializeAsync() => await preloads.SetAsync("preload-dispvm-delay", "0");

    public async Task DisposeAsync()
    {
        await preloads.SetAsync("preload-dispvm-clone", "");
        await preloads.EndAsync();
    }

    [Fact]
    public async Task S13_4_06_a_queued_one_is_used_and_replaced()
    {
        await CopyAsync();
        var queued = Assert.Single(await preloads.PreloadAsync(1));

        Assert.Equal(queued + "\n", (await RunAsync("cat /proc/sys/kernel/hostname")).Text);

        await preloads.UntilGoneAsync(queued);
        await preloads.ReadyAsync(1, without: queued);
    }

    [Fact]
    public async Task One_that_is_warm_has_the_programs_of_its_services_in_memory()
    {
        var cold = await ResidentAsync();

        await preloads.PreloadAsync(1, warm: true);

        // The kernel reads ahead what nobody asked for, so that some of it may be there in a cold one, too.
        Assert.InRange(await ResidentAsync(), (2 * cold) + (1 << 19), 1 << 30);

        // As root: to others the kernel says that all of a file is there.
        async Task<long> ResidentAsync() => long.Parse((await Daemon.RunAsync(
            "qvm-run", "-p", "-u", "root", "--dispvm=" + PreloadedHost.Template,
            "fincore --bytes --noheadings --output RES $(ls /usr/lib/x86_64-linux-gnu/libpoppler.so.* | head -n 1)")).Succeeded().Text);
    }

    [Fact]
    public async Task S13_4_07_one_that_is_requested_before_it_is_ready_is_used()
    {
        using var events = await EventListener.OpenAsync(Daemon);
        await preloads.SetAsync("preload-dispvm-max", "1");
        var booting = (await events.UntilAsync("domain-spawn")).Split('|')[1];

        Assert.Equal(booting + "\n", (await RunAsync("cat /proc/sys/kernel/hostname")).Text);
    }

    [Fact]
    public async Task S13_4_12_requests_at_once_get_one_each()
    {
        await CopyAsync();
        var queued = await preloads.PreloadAsync(2);

        var names = await Task.WhenAll(queued.Select(async _ => (await RunAsync("cat /proc/sys/kernel/hostname")).Text.Trim()));

        Assert.Equal(queued.Order(), names.Order());
        await preloads.ReadyAsync(2, without: queued);
    }

    [Fact]
    public async Task S13_4_13_a_request_beside_the_end_of_preloading_gets_a_disposable()
    {
        await CopyAsync();
        await preloads.PreloadAsync(1);

        var request = RunAsync("cat /proc/sys/kernel/hostname");
        await preloads.SetAsync("preload-dispvm-max", "");

        Assert.Matches("^disp[0-9]+\n$", (await request).Text);
    }

    [Fact]
    public async Task S13_4_16_all_are_replaced_when_their_template_was_run()
    {
        var old = await preloads.PreloadAsync(1);
        (await Daemon.RunAsync("qvm-start", DisposableHost.Template)).Succeeded();
        (await Daemon.RunAsync("qvm-run", "-p", "-u", "root", DisposableHost.Template, "touch /etc/updated; sync")).Succeeded();
        (await Daemon.RunAsync("qvm-shutdown", "--wait", DisposableHost.Template)).Succeeded();

        var fresh = Assert.Single(await preloads.ReadyAsync(1, without: old));

        Assert.Equal(fresh + " /etc/updated\n", (await RunAsync("echo $(cat /proc/sys/kernel/hostname) $(ls /etc/updated)")).Text);
    }

    [Fact]
    public async Task S13_4_17_an_outdated_one_is_not_served()
    {
        var old = Assert.Single(await preloads.PreloadAsync(1));
        var volume = PreloadedHost.Template + ":private";
        var size = long.Parse((await Daemon.RunAsync("qvm-volume", "info", volume, "size")).Succeeded().Text);

        (await Daemon.RunAsync("qvm-volume", "resize", volume, $"{size + (1 << 20)}")).Succeeded();

        Assert.NotEqual(old + "\n", (await RunAsync("cat /proc/sys/kernel/hostname")).Text);
        await preloads.UntilGoneAsync(old);
    }

    [Fact]
    public async Task What_one_caller_left_is_not_there_for_the_next()
    {
        await CopyAsync();
        await preloads.PreloadAsync(1);
        await RunAsync("touch /tmp/secret; echo secret > ~/secret");
        await preloads.ReadyAsync(1);

        Assert.Equal("", (await RunAsync("ls /tmp/secret ~/secret 2>/dev/null || true")).Text);
    }

    [Fact]
    public async Task One_that_somebody_lets_run_is_nobodys_preload_any_more()
    {
        await CopyAsync();
        var name = Assert.Single(await preloads.PreloadAsync(1));

        (await Daemon.RunAsync("qvm-unpause", name)).Succeeded();

        Assert.NotEqual(name, (await Daemon.CallAsync("admin.vm.CreateDisposable", PreloadedHost.Template)).Ok);
        Assert.Equal("Running", await preloads.StateOfAsync(name));
        Assert.DoesNotContain(name, await preloads.QueueAsync());
    }

    // Where it is about the queue and not about how a preload begins: a copy is there in a tenth of the time.
    private Task CopyAsync() => preloads.SetAsync("preload-dispvm-clone", "1");

    private async Task<RunResult> RunAsync(string command) =>
        (await Daemon.RunAsync("qvm-run", "-p", "--dispvm=" + PreloadedHost.Template, command)).Succeeded();
}
