using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Tests;

public sealed class EventNameTests
{
    private static readonly IQube Qube = Substitute.For<IQube>();

    // Names and keys of the spec's domain model, section 9.3.
    public static TheoryData<QubesEvent, string, string> Catalogue => new()
    {
        { new QubeAdded(Qube), "domain-add", "vm" },
        { new QubeRemoving(Qube), "domain-pre-delete", "vm" },
        { new QubeRemoved(Qube), "domain-delete", "vm" },
        { new PropertySetting(Qube, "memory", 2, 1), "property-pre-set:memory", "name newvalue oldvalue" },
        { new PropertySet(null, "clockvm", null, null), "property-set:clockvm", "name newvalue oldvalue" },
        { new PropertyReset(Qube, "icon"), "property-reset:icon", "name" },
        { new PropertyReset(Qube, "memory") { IsExplicit = true, OldValue = 5 }, "property-reset:memory", "name oldvalue" },
        { new FeatureSetting(Qube, "f", "1", null), "domain-feature-pre-set:f", "feature value" },
        { new FeatureSet(Qube, "f", "1", "0"), "domain-feature-set:f", "feature value oldvalue" },
        { new FeatureDeleting(Qube, "f"), "domain-feature-pre-delete:f", "feature" },
        { new FeatureDeleted(Qube, "f"), "domain-feature-delete:f", "feature" },
        { new TagAdded(Qube, "t"), "domain-tag-add:t", "tag" },
        { new TagRemoved(Qube, "t"), "domain-tag-delete:t", "tag" },
        { new QubeStarting(Qube, Guid.Empty, 400), "domain-pre-start", "start_guid mem_required" },
        { new QubeSpawned(Qube, Guid.Empty), "domain-spawn", "start_guid" },
        { new QubeStarted(Qube, Guid.Empty), "domain-start", "start_guid" },
        { new QubeStartFailed(Qube, "x"), "domain-start-failed", "reason" },
        { new QubePaused(Qube), "domain-paused", "" },
        { new QubeUnpaused(Qube), "domain-unpaused", "" },
        { new QubeShuttingDown(Qube, true), "domain-pre-shutdown", "force" },
        { new QubeShutdownFailed(Qube, "x"), "domain-shutdown-failed", "reason" },
        { new QubeStopped(Qube), "domain-stopped", "" },
        { new QubeShutdown(Qube), "domain-shutdown", "" },
    };

    [Theory]
    [MemberData(nameof(Catalogue))]
    public void Clients_see_the_names_and_keys_of_the_spec(QubesEvent e, string name, string keys)
    {
        Assert.Equal(name, e.WireName);
        Assert.Equal(keys, string.Join(' ', e.Arguments.Select(a => a.Key)));
        Assert.True(e.IsPublished);
    }

    [Fact]
    public void Access_decisions_are_not_published_and_fail_closed()
    {
        var e = new AdminPermission(Qube, "admin.vm.Start", Qube, "", default);

        Assert.Equal("admin-permission:admin.vm.Start", e.WireName);
        Assert.False(e.IsPublished);
        Assert.IsAssignableFrom<IFailClosedEvent>(e);
    }
}
