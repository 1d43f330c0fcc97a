using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Testing.Domains;
using Qubes.Sdk.Testing.Events;

namespace Qubes.Sdk.Testing.Tests.Domains;

public sealed class SimulatedQubesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly InMemoryEventBus events = new();
    private readonly SimulatedQubes qubes;

    public SimulatedQubesTests() => qubes = new SimulatedQubes(events);

    private string[] Fired => [.. events.Fired.Select(e => e.WireName)];

    [Fact]
    public async Task A_run_fires_what_a_real_one_does()
    {
        var work = qubes.Add("work");

        await work.StartAsync(None);
        await work.PauseAsync(None);
        Assert.Equal(PowerState.Paused, work.PowerState);
        await work.UnpauseAsync(None);
        await work.ShutdownAsync(force: false, wait: true, None);

        Assert.Equal(
            ["domain-add", "domain-pre-start", "domain-pre-spawn", "domain-spawn", "domain-pre-unpaused", "domain-unpaused", "domain-start",
                "domain-pre-paused", "domain-paused", "domain-pre-unpaused", "domain-unpaused",
                "domain-pre-shutdown", "domain-stopped", "domain-shutdown"],
            Fired);
    }

    [Fact]
    public async Task A_start_that_is_refused_leaves_the_qube_halted()
    {
        var work = qubes.Add("work");
        events.Subscribe<QubeStarting>(_ => throw new QubesException("no"));

        await Assert.ThrowsAsync<QubesException>(() => work.StartAsync(None));

        Assert.Equal(PowerState.Halted, work.PowerState);
    }

    [Fact]
    public async Task Operations_that_do_not_fit_the_state_are_refused_as_real_ones_are()
    {
        var work = qubes.Add("work");

        await Assert.ThrowsAsync<QubeNotStartedException>(() => work.KillAsync(None));
        await Assert.ThrowsAsync<QubeNotRunningException>(() => work.PauseAsync(None));
        await Assert.ThrowsAsync<QubeNotPausedException>(() => work.UnpauseAsync(None));
        await work.StartAsync(None);
        await Assert.ThrowsAsync<QubeNotHaltedException>(() => qubes.RemoveAsync(work, None));
    }

    [Fact]
    public void Names_are_checked_and_unique()
    {
        var work = qubes.Add("work");

        Assert.Throws<QubeExistsException>(() => qubes.Add("work"));
        Assert.Throws<InvalidValueException>(() => qubes.Add("9"));
        Assert.Throws<QubeNotFoundException>(() => qubes.Find("other"));
        Assert.Same(work, qubes.Find($"uuid:{work.Uuid}"));
        Assert.Same(qubes.AdminVm, qubes.Find("dom0"));
    }

    [Fact]
    public void Features_are_looked_for_where_the_daemon_looks()
    {
        var template = qubes.Add("tmpl", QubeClass.TemplateVM);
        var work = qubes.Add("work", template: template);
        var net = qubes.Add("net");
        work.Properties.Set(QubeProperties.Netvm, net);
        template.Features.Set("t", "1");
        net.Features.Set("n", "2");
        qubes.AdminVm.Features.Set("h", "3");

        Assert.Equal(
            ("1", null, "2", "3", "3", null),
            (work.Features.CheckWithTemplate("t"), work.Features.CheckWithTemplate("h"), work.Features.CheckWithNetvm("n"),
                work.Features.CheckWithTemplateAndAdminVm("h"), work.Features.CheckWithAdminVm("h"), work.Features.CheckWithAdminVm("t")));
    }

    [Fact]
    public void Changes_of_features_tags_and_properties_are_told_and_may_be_refused()
    {
        var work = qubes.Add("work");
        events.Subscribe<FeatureSetting>(e => { if (e.Feature == "bad") throw new QubesException("no"); });

        work.Features.Set("good", "1");
        Assert.Throws<QubesException>(() => work.Features.Set("bad", "1"));
        work.Features.Remove("good");
        Assert.Throws<FeatureNotFoundException>(() => work.Features.Remove("good"));
        work.Tags.Add("one");
        work.Tags.Add("one");
        Assert.Throws<InvalidTagException>(() => work.Tags.Add("a b"));
        work.Tags.Remove("one");
        Assert.Throws<TagNotFoundException>(() => work.Tags.Remove("one"));
        work.Properties.Set(QubeProperties.Memory, 400);
        work.Properties.Write("memory", "800");
        Assert.Throws<InvalidValueException>(() => work.Properties.Write("memory", "much"));

        Assert.Empty(work.Features);
        Assert.Equal(800, work.Properties.Get(QubeProperties.Memory));
        Assert.Equal(
            ["domain-add", "domain-feature-pre-set:good", "domain-feature-set:good", "domain-feature-pre-set:bad",
                "domain-feature-pre-delete:good", "domain-feature-delete:good", "domain-feature-pre-delete:good",
                "domain-tag-add:one", "domain-tag-delete:one",
                "property-pre-set:memory", "property-set:memory", "property-pre-set:memory", "property-set:memory"],
            Fired);
    }

    [Fact]
    public async Task A_disposable_is_the_callers_and_gone_when_it_stops()
    {
        var template = qubes.Add("dvm");
        var disposables = new SimulatedDisposables(qubes);
        var request = new DisposableRequest(template, qubes.AdminVm);
        await Assert.ThrowsAsync<QubesException>(() => disposables.AcquireAsync(request, None));
        template.Properties.Set(QubeProperties.TemplateForDispvms, true);

        var disposable = await disposables.AcquireAsync(request, None);
        Assert.Equal(["created-by-dom0", "disp-created-by-dom0"], disposable.Tags);
        await disposable.StartAsync(None);
        await disposable.DestroyAsync(None);

        Assert.DoesNotContain(disposable, qubes);
    }
}
