using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Kernel.Events;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Tests.Events;

public sealed class ObserverTests
{
    [Fact]
    public void An_observer_comes_after_all_handlers_but_before_them_for_a_pre_event()
    {
        var loop = Substitute.For<IKernelLoop>();
        loop.IsCurrent.Returns(true);
        var bus = new EventBus(loop, TimeProvider.System, NullLogger<EventBus>.Instance);
        using OwnedEventBus plugin = bus.ForOwner("AdminApi", EventRank.FirstPlugin);
        using OwnedEventBus script = bus.ForOwner("script", EventRank.FirstScript);
        var qube = Substitute.For<IQube>();
        List<string> order = [];

        IDisposable observing = plugin.Observe(e => order.Add("client " + e.WireName));
        script.Subscribe<TagAdded>(e => order.Add("script " + e.WireName));
        script.Subscribe<FeatureDeleting>(_ => throw new QubesException("no"));
        script.Fire(new TagAdded(qube, "t"));
        Assert.Throws<QubesException>(() => script.Fire(new FeatureDeleting(qube, "f")));
        observing.Dispose();
        script.Fire(new TagAdded(qube, "u"));

        Assert.Equal(
            ["script domain-tag-add:t", "client domain-tag-add:t", "client domain-feature-pre-delete:f", "script domain-tag-add:u"],
            order);
    }
}
