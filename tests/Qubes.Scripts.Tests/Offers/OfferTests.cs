using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Offers;

public sealed class OfferTests : IAsyncLifetime
{
    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_policy_decides_on_its_own_thread_and_tells_when_it_has()
    {
        var status = await world.WriteAsync("half", """Policy("half", view => new(view.Max / 2, "half, on " + System.Environment.CurrentManagedThreadId));""");

        Assert.Equal((ScriptState.Active, null), (status.State, status.Message));
        Assert.Equal(["policy half"], status.Offers);
        var target = await world.AskAsync("half", await world.ViewAsync(max: 8));
        Assert.Equal(4, target.Count);
        Assert.NotEqual($"half, on {await world.OnLoop(() => Environment.CurrentManagedThreadId)}", target.Reason);
        Assert.Null(target.Fault);
    }

    [Fact]
    public async Task A_policy_sees_its_template_as_it_was()
    {
        await world.OnLoop(() => world.Qubes.Find("dvm").Features.Set("office", "8-17"));
        await world.WriteAsync("see", """
            Policy("see", v => new(1, $"{v.Template.Name} {v.Template.Features["office"]} {v.Template.Template.Name} {v.Template.Properties.Get(QubeProperties.Memory) > 0}"));
            """);

        Assert.Equal("dvm 8-17 tmpl True", (await world.AskAsync("see")).Reason);
    }

    [Theory]
    [InlineData("its own feature")]
    [InlineData("a property")]
    [InlineData("a tag")]
    [InlineData("its template's feature")]
    [InlineData("the host's feature")]
    [InlineData("its network")]
    [InlineData("its template's machine")]
    public async Task A_policy_sees_what_has_changed_since_it_was_asked_last(string what)
    {
        await world.WriteAsync("see", """
            Policy("see", v => new(1, $"{v.Template.Features.CheckWithTemplateAndAdminVm("office")} {v.Template.Properties.Get(QubeProperties.Memory)} {v.Template.Tags.Count}"
                + $" {v.Template.Properties.Get(QubeProperties.Netvm)?.Name} {v.Template.Template.PowerState}"));
            """);
        var before = await world.AskAsync("see");
        Assert.Equal(before, await world.AskAsync("see"));
        await world.OnLoop(async () =>
        {
            var dvm = world.Qubes.Find("dvm");
            switch (what)
            {
                case "its own feature": dvm.Features.Set("office", "8"); break;
                case "a property": dvm.Properties.Set(QubeProperties.Memory, 555); break;
                case "a tag": dvm.Tags.Add("new"); break;
                case "its template's feature": dvm.Template!.Features.Set("office", "9"); break;
                case "the host's feature": world.Qubes.AdminVm.Features.Set("office", "10"); break;
                case "its network": Connect(dvm, world.Qubes.Find("work")); break;
                default: await dvm.Template!.StartAsync(default); break;
            }
            return true;
        });

        Assert.NotEqual(before.Reason, (await world.AskAsync("see", isNews: true)).Reason);
    }

    [Fact]
    public async Task Events_come_by_type_and_by_name_with_copies_of_their_qubes()
    {
        await world.WriteAsync("notes", """
            On<FeatureSet>(e => { if (e.Feature == "a") e.Qube.Features.Set("typed", e.Value); });
            On("domain-feature-set:*", e => { if (e.WireName.EndsWith(":a")) e.Subject.Tags.Add("named"); });
            """);

        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("a", "7"));

        await world.UntilAsync(() => world.Qubes.Find("work").Tags.Contains("named"));
        Assert.Equal("7", await world.OnLoop(() => world.Qubes.Find("work").Features["typed"]));
    }

    [Fact]
    public async Task What_is_about_to_happen_is_refused_with_the_scripts_reason()
    {
        await world.WriteAsync("no", """
            Refuse<FeatureSetting>(e => e.Feature == "forbidden" ? $"no {e.Value} for {e.Qube.Name}" : null);
            Refuse<QubeStarting>(e => e.Qube.Name == "work" ? "not today" : null);
            """);

        var refusal = await Assert.ThrowsAsync<QubesException>(() => world.OnLoop(() => world.Qubes.Find("work").Features.Set("forbidden", "x")));
        Assert.Equal("no x for work", refusal.Message);
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("allowed", "x"));
        var starting = await Assert.ThrowsAsync<QubesException>(() => world.OnLoop<bool>(async () =>
        {
            await world.Qubes.Find("work").StartAsync(default);
            return true;
        }));
        Assert.Equal("not today", starting.Message);
    }

    [Fact]
    public async Task Calls_of_the_Admin_API_are_refused()
    {
        await world.WriteAsync("calls", """Refuse<AdminPermission>(c => c.Method == "admin.vm.Remove" ? $"{c.Caller.Name} may not" : null);""");

        await world.OnLoop(() => world.Bus.Fire(Call("admin.vm.List")));
        var refusal = await Assert.ThrowsAsync<PermissionDeniedException>(() => world.OnLoop(() => world.Bus.Fire(Call("admin.vm.Remove"))));
        Assert.Equal("work may not", refusal.Message);
    }

    [Fact]
    public async Task A_script_chooses_where_a_disposable_comes_from()
    {
        await world.WriteAsync("choose", """ChooseTemplate(r => r.RequestedBy.Features.GetValueOrDefault("viewer"));""");
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("viewer", "dvm2"));

        Assert.Equal("dvm2", (await AcquireAsync("work")).Template!.Name);
        Assert.Equal("dvm", (await AcquireAsync("dom0")).Template!.Name);
    }

    [Fact]
    public async Task What_cannot_be_a_base_of_disposables_is_not_taken_for_one()
    {
        await world.WriteAsync("choose", """ChooseTemplate(r => "work");""");

        Assert.Equal("dvm", (await AcquireAsync("work")).Template!.Name);
        await world.UntilAsync(() => world.Host.All.Single().Message is not null);
        Assert.Equal("choice of disposable templates: it chose 'work', which is no disposable template", (await world.StatusAsync("choose")).Message);
    }

    [Fact]
    public async Task Warm_up_recipes_are_for_the_templates_that_they_name()
    {
        await world.WriteAsync("warm", """WarmUp("dvm*", "dz.WarmUp", "qubes.X+y");""");

        var recipes = world.All<IWarmUpRecipes>().Single();
        Assert.Equal(["dz.WarmUp", "qubes.X+y"], await world.OnLoop(() => recipes.ServicesFor(world.Qubes.Find("dvm2"))));
        Assert.Empty(await world.OnLoop(() => recipes.ServicesFor(world.Qubes.Find("work"))));
    }

    [Fact]
    public async Task A_script_registers_at_its_top_level_only()
    {
        await world.WriteAsync("late", """On<FeatureSet>(e => WarmUp("x", "y"));""");
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("a", "7"));

        await world.UntilAsync(() => world.Host.All.Single().Faults == 1);
        Assert.Contains("registers at its top level only", (await world.StatusAsync("late")).Message);
    }

    private AdminPermission Call(string method) => new(world.Qubes.Find("work"), method, world.Qubes.Find("dvm"), "", default);

    private Task<IQube> AcquireAsync(string by) =>
        world.OnLoop(() => world.Disposables.AcquireAsync(new(world.Qubes.Find("dvm"), world.Qubes.Find(by)), default));

    private static void Connect(IQube qube, IQube network)
    {
        network.Properties.Set(QubeProperties.ProvidesNetwork, true);
        qube.Properties.Set(QubeProperties.Netvm, network);
    }
}
