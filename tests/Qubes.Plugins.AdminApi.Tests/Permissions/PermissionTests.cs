using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Plugins.AdminApi.Tests.Methods;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Permissions;

public sealed class PermissionTests
{
    [Fact]
    public async Task Whoever_asks_for_permission_is_told_the_whole_call()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.SendAsync("admin.vm.feature.Set+f work name dom0\0value"));
        AdminPermission asked = Assert.Single(daemon.Bus.Fired.OfType<AdminPermission>());
        Assert.Equal("admin-permission:admin.vm.feature.Set", asked.WireName);
        Assert.Equal(("work", "dom0", "f"), (asked.Caller.Name, asked.Destination.Name, asked.Argument));
        Assert.Equal("value"u8, asked.Payload.Span);
    }

    [Fact]
    public async Task A_refusal_comes_before_the_caller_could_learn_what_exists()
    {
        await using TestDaemon daemon = await RefusingAsync();
        Assert.StartsWith(
            "2\0PermissionDenied\0", await daemon.CallAsync("admin.vm.Create.AppVM+nosuch", payload: "name=work label=red"),
            StringComparison.Ordinal);
        Assert.Equal(
            await daemon.CallAsync("admin.pool.Info+nosuch"), await daemon.CallAsync("admin.pool.Info+varlibqubes"));
    }

    [Theory]
    [InlineData("admin.vm.List+", "dom0")]
    [InlineData("admin.vm.List+", "work")]
    public async Task A_qube_that_is_hidden_is_not_listed(string call, string destination)
    {
        await using TestDaemon daemon = await AllowingAsync("admin.vm.List", p => p.ShowOnly(q => q.Name != "work"));
        Assert.DoesNotContain("work", await daemon.CallAsync(call, destination), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_than_the_host_are_told_of_the_qubes_that_a_plugin_names()
    {
        await using TestDaemon daemon = await AllowingAsync("admin.vm.List", p => p.ShowOnly(q => q.Name is "work" or "other"));
        Assert.Equal(
            "0\0other class=AppVM state=Halted uuid=00000002-0000-0000-ab00-000000000001\n"
            + "work class=AppVM state=Halted uuid=00000001-0000-0000-ab00-000000000001\n",
            await daemon.SendAsync("admin.vm.List+ work name dom0\0"));
    }

    [Theory]
    [InlineData("admin.Events+")]
    [InlineData("admin.vm.Stats+")]
    public async Task Others_than_the_host_get_no_stream_while_no_plugin_says_what_of_it(string call)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith("2\0PermissionDenied\0", await daemon.SendAsync($"{call} work name dom0\0"), StringComparison.Ordinal);
        Assert.StartsWith("2\0PermissionDenied\0", await daemon.SendAsync($"{call} work name work\0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_than_the_host_get_the_events_that_a_plugin_allows()
    {
        await using TestDaemon daemon = await AllowingAsync("admin.Events", p => p.SendOnly(e => e is TagAdded { Tag: not "secret" }));
        using var client = new StreamClient(daemon.Connect());
        await client.AskAsync("admin.Events+ work name dom0\0");
        Assert.Equal("1\0\0connection-established\0\0", await client.NextAsync());
        await daemon.FireAsync(new TagAdded(daemon.Work, "secret"));
        await daemon.FireAsync(new QubeAdded(daemon.Work));
        await daemon.FireAsync(new TagAdded(daemon.Work, "open"));
        Assert.Equal("1\0work\0domain-tag-add:open\0tag\0open\0\0", await client.NextAsync());
    }

    [Fact]
    public async Task A_filter_that_fails_lets_nothing_through_and_harms_no_other_listener()
    {
        bool isBroken = true;
        await using TestDaemon daemon = await AllowingAsync("admin.Events", p =>
        {
            if (p.Caller.Name == "work")
                p.SendOnly(_ => isBroken ? throw new InvalidOperationException("broken filter") : true);
        });
        using StreamClient other = await daemon.ListenAsync();
        using var client = new StreamClient(daemon.Connect());
        await client.AskAsync("admin.Events+ work name dom0\0");
        Assert.NotNull(await client.NextAsync());
        Assert.NotNull(await other.NextAsync());
        await daemon.FireAsync(new TagAdded(daemon.Work, "first"));
        await daemon.OnLoopAsync(() => isBroken = false);
        await daemon.FireAsync(new TagAdded(daemon.Work, "second"));
        Assert.Contains("second", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("first", await other.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_shown_qubes_are_sampled()
    {
        await using TestDaemon daemon = await AllowingAsync("admin.vm.Stats", p => p.ShowOnly(q => q.Name == "other"));
        foreach (TestQube qube in daemon.Qubes.Cast<TestQube>().Where(q => q.Qid != 0))
        {
            qube.Properties.Declare("vcpus", PropertyType.Number, "1");
            qube.Machine = MethodTests.MachineOf(1, TimeSpan.Zero);
        }
        daemon.Qubes.System.Declare("stats_interval", PropertyType.Number, "3");
        using StreamClient client = await daemon.ListenAsync("admin.vm.Stats+");
        Assert.NotNull(await client.NextAsync());
        for (int i = 0; i < 2; i++)
        {
            Assert.StartsWith("1\0other\0vm-stats\0", await client.NextAsync(), StringComparison.Ordinal);
            await daemon.Time.UntilWaitedForAsync(TimeSpan.FromSeconds(3));
            daemon.Time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Theory]
    [InlineData("admin.label.List+", "dom0", "0\0red\n")]
    [InlineData("admin.vmclass.List+", "dom0", "0\0RemoteVM\n")]
    [InlineData("admin.vm.tag.List+", "work", "0\0red-team\n")]
    [InlineData("admin.vm.property.List+", "work", "0\0redness\n")]
    [InlineData("admin.vm.property.GetAll+", "work", "0\0redness default=True type=int 1\n")]
    public async Task Names_that_are_hidden_are_left_out_of_every_listing(string call, string destination, string answer)
    {
        await using TestDaemon daemon = await AllowingAsync(
            call[..^1], p => p.ListOnly(n => n.StartsWith("Re", StringComparison.OrdinalIgnoreCase)));
        daemon.Work.Tags.Add("red-team");
        daemon.Work.Tags.Add("blue-team");
        daemon.Work.Properties.Declare("redness", PropertyType.Number, "1").Declare("blueness", PropertyType.Number, "2");
        Assert.Equal(answer, await daemon.CallAsync(call, destination));
    }

    private static async Task<TestDaemon> AllowingAsync(string method, Action<AdminPermission> allow)
    {
        TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("other"));
        daemon.Bus.Subscribe<AdminPermission>(p =>
        {
            if (p.Method == method)
                allow(p);
        });
        return daemon;
    }

    private static async Task<TestDaemon> RefusingAsync()
    {
        TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(_ => throw new Sdk.Errors.PermissionDeniedException("no"));
        return daemon;
    }
}
