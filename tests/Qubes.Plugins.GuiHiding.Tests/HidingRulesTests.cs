using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.GuiHiding.Tests;

/// <summary>The rule alone; its place among a preload's events is in the trace tests of the plugin Preload.</summary>
public sealed class HidingRulesTests
{
    private readonly IEventBus bus = Substitute.For<IEventBus>();
    private readonly IQube preload = Substitute.For<IQube>();
    private readonly List<IDisposable> subscriptions = [];
    private readonly HidingRules rules;
    private Action<PreloadCreated> hide = _ => { };
    private Action<PreloadUsing> show = _ => { };

    public HidingRulesTests()
    {
        bus.Subscribe(Arg.Do<Action<PreloadCreated>>(handler => hide = handler)).Returns(_ => Subscription());
        bus.Subscribe(Arg.Do<Action<PreloadUsing>>(handler => show = handler)).Returns(_ => Subscription());
        preload.Template.Returns(Substitute.For<IQube>());
        rules = new HidingRules(bus);
        Assert.True(rules.StartAsync(default).IsCompletedSuccessfully);
    }

    [Fact]
    public void A_new_preload_is_internal()
    {
        hide(new PreloadCreated(preload));

        preload.Features.Received(1).Set("internal", "1");
    }

    [Fact]
    public void One_that_is_used_is_internal_no_longer()
    {
        preload.Features.ContainsKey("internal").Returns(true);

        show(new PreloadUsing(preload));

        preload.Features.Received(1).Remove("internal");
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("", 1)]
    public void It_stays_internal_where_its_template_has_a_true_value(string ofTemplate, int removals)
    {
        preload.Features.ContainsKey("internal").Returns(true);
        preload.Template!.Features.TryGetValue("internal", out Arg.Any<string?>()).Returns(call =>
        {
            call[1] = ofTemplate;
            return true;
        });

        show(new PreloadUsing(preload));

        preload.Features.Received(removals).Remove("internal");
    }

    [Fact]
    public void One_that_somebody_has_shown_already_is_left_alone()
    {
        show(new PreloadUsing(preload));

        preload.Features.DidNotReceive().Remove(Arg.Any<string>());
    }

    [Fact]
    public async Task After_its_end_it_hears_nothing_any_more()
    {
        await rules.StopAsync(default);

        Assert.Equal(2, subscriptions.Count);
        Assert.All(subscriptions, s => s.Received(1).Dispose());
    }

    private IDisposable Subscription()
    {
        subscriptions.Add(Substitute.For<IDisposable>());
        return subscriptions[^1];
    }
}
