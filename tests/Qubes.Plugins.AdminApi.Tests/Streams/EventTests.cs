using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Streams;

public sealed class EventTests
{
    [Fact]
    public async Task A_listener_gets_the_events_of_the_system_and_of_every_qube_byte_for_byte()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient client = await daemon.ListenAsync();
        Assert.Equal("1\0\0connection-established\0\0", await client.NextAsync());
        await daemon.FireAsync(new PropertySet(daemon.Work, "memory", 500, 400));
        await daemon.FireAsync(new QubeAdded(daemon.Work));
        await daemon.FireAsync(new FeatureSet(daemon.Work, "f", "v", null));
        Assert.Equal("1\0work\0property-set:memory\0name\0memory\0newvalue\0500\0oldvalue\0400\0\0", await client.NextAsync());
        Assert.Equal("1\0\0domain-add\0vm\0work\0\0", await client.NextAsync());
        Assert.Equal("1\0work\0domain-feature-set:f\0feature\0f\0value\0v\0\0", await client.NextAsync());
    }

    [Fact]
    public async Task A_listener_to_one_qube_gets_its_events_and_no_others()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("other"));
        using StreamClient client = await daemon.ListenAsync(destination: "work");
        Assert.Equal("1\0\0connection-established\0\0", await client.NextAsync());
        await daemon.FireAsync(new QubeAdded(daemon.Work));
        await daemon.FireAsync(new TagAdded(daemon.Qubes.Host, "h"));
        await daemon.FireAsync(new TagAdded(daemon.Qubes.Single(q => q.Name == "other"), "o"));
        await daemon.FireAsync(new TagAdded(daemon.Work, "w"));
        Assert.Equal("1\0work\0domain-tag-add:w\0tag\0w\0\0", await client.NextAsync());
    }

    [Fact]
    public async Task A_qube_is_heard_from_its_addition_to_its_removal()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient client = await daemon.ListenAsync();
        Assert.NotNull(await client.NextAsync());
        TestQube added = daemon.Qubes.Add("new");
        await daemon.FireAsync(new TagAdded(added, "early"));
        await daemon.FireAsync(new QubeAdded(added));
        await daemon.FireAsync(new TagAdded(added, "heard"));
        await daemon.FireAsync(new QubeRemoved(added));
        await daemon.FireAsync(new TagAdded(added, "late"));
        await daemon.FireAsync(new TagAdded(daemon.Work, "end"));
        Assert.Contains("domain-add", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("heard", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("domain-delete", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("end", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_see_a_pre_event_before_its_veto_and_other_events_after_nested_ones()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<TagAdded>(e =>
        {
            if (e.Tag == "outer")
                daemon.Bus.Fire(new TagAdded(e.Qube, "nested"));
        });
        daemon.Bus.Subscribe<FeatureSetting>(_ => throw new QubesException("no"));
        using StreamClient client = await daemon.ListenAsync();
        Assert.NotNull(await client.NextAsync());
        await daemon.FireAsync(new TagAdded(daemon.Work, "outer"));
        await Assert.ThrowsAsync<QubesException>(() => daemon.FireAsync(new FeatureSetting(daemon.Work, "f", "v", null)));
        Assert.Contains("nested", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("outer", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("domain-feature-pre-set:f", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unpublished_event_is_never_forwarded()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient client = await daemon.ListenAsync();
        Assert.NotNull(await client.NextAsync());
        // Every call fires admin-permission, which clients never see.
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.tag.Set+t", "work"));
        await daemon.FireAsync(new TagAdded(daemon.Work, "t"));
        Assert.Contains("domain-tag-add:t", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("domain-init")]
    [InlineData("domain-load")]
    [InlineData("domain-is-fully-usable")]
    [InlineData("admin-permission:admin.vm.List")]
    [InlineData("device-get:pci")]
    [InlineData("device-list:pci")]
    [InlineData("device-list-attached:block")]
    public async Task An_event_that_clients_never_see_is_held_back_whatever_its_plugin_says(string name)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient client = await daemon.ListenAsync();
        Assert.NotNull(await client.NextAsync());
        await daemon.FireAsync(new Named(daemon.Work, name));
        await daemon.FireAsync(new Named(daemon.Work, "device-list-change:pci"));
        Assert.Equal("1\0work\0device-list-change:pci\0\0", await client.NextAsync());
    }

    private sealed record Named(TestQube Qube, string Name) : QubesEvent(Qube)
    {
        public override string WireName => Name;
    }

    [Fact]
    public async Task A_client_that_leaves_is_noticed_without_an_event()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ended = new TaskCompletionSource();
        await daemon.OnLoopAsync(() => daemon.Extensions.Add(new StreamProvider(ended)));
        StreamClient client = await daemon.ListenAsync("test.Stream+");
        Assert.NotNull(await client.NextAsync());
        client.Dispose();
        await ended.Task;
    }

    [Fact]
    public async Task A_stream_that_is_refused_after_its_start_ends_with_the_refusal()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient client = await daemon.ListenAsync("admin.vm.Stats+", "work");
        Assert.Equal(
            "1\0\0connection-established\0\02\0QubesVMNotRunningError\0\0Domain is not running: 'work'\0",
            await client.RestAsync());
    }

    [Fact]
    public async Task A_stream_that_ends_by_itself_ends_without_a_result()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ended = new TaskCompletionSource();
        ended.SetResult();
        await daemon.OnLoopAsync(() => daemon.Extensions.Add(new StreamProvider(ended)));
        using StreamClient client = await daemon.ListenAsync("test.Stream+", "work");
        Assert.Equal("1\0\0connection-established\0\01\0work\0progress\0percent\050\0\0", await client.RestAsync());
    }
}
