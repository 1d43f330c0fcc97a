using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using static Qubes.Policy.Tests.PolicyInMemory;

namespace Qubes.Policy.Tests.Evaluation;

/// <summary>What the reference implementation breaks down at (spec: policy, section 10), and what no case covers.</summary>
public sealed class CornerTests
{
    [Fact]
    public void A_rule_for_a_named_disposable_does_not_match_a_source_without_default()
    {
        var decision = new PolicyInMemory("a.Svc * work @dispvm:d allow", "a.Svc * work @dispvm deny notify=no")
            .Decide("work", "@dispvm", qubes: [Qube("work"), Qube("d", isTemplate: true)]);

        Assert.Equal(2, Assert.IsType<DeniedDecision>(decision).Rule!.Location.Line);
    }

    [Theory]
    [InlineData("a.Svc * work @dispvm allow")]
    [InlineData("a.Svc * work @dispvm:gone allow")]
    [InlineData("a.Svc * work @dispvm ask")]
    [InlineData("a.Svc * work @dispvm ask target=@dispvm")]
    [InlineData("a.Svc * work @dispvm:@tag:x allow")]
    public void A_default_that_is_no_qube_is_denied(string rule)
    {
        Assert.IsType<DeniedDecision>(new PolicyInMemory(rule).Decide("work", "@dispvm", qubes: Qube("work", dispvm: "gone")));
    }

    [Fact]
    public void A_question_about_a_new_disposable_offers_that_of_the_source()
    {
        var decision = new PolicyInMemory("a.Svc * work @default ask target=@dispvm default_target=@dispvm")
            .Decide("work", "", qubes: [Qube("work", dispvm: "d"), Qube("d", isTemplate: true)]);

        var asked = Assert.IsType<AskedDecision>(decision);
        Assert.Equal(["@dispvm:d"], asked.Targets);
        Assert.Equal("@dispvm:d", asked.DefaultTarget);
    }

    [Theory]
    [InlineData("@dispvm")]
    [InlineData("gone")]
    [InlineData("@dispvm:gone")]
    [InlineData("@dispvm:work")]
    public void A_question_whose_only_target_cannot_be_is_not_put(string redirect)
    {
        var decision = new PolicyInMemory($"a.Svc * work @default ask target={redirect}").Decide("work", "", qubes: Qube("work"));

        Assert.True(Assert.IsType<DeniedDecision>(decision).Notify);
    }

    [Fact]
    public void A_rule_for_an_unknown_template_offers_nothing_and_breaks_no_question()
    {
        var decision = new PolicyInMemory("a.Svc * work @dispvm:gone ask", "a.Svc * work other ask")
            .Decide("work", "other", qubes: [Qube("work"), Qube("other")]);

        Assert.Equal(["other"], Assert.IsType<AskedDecision>(decision).Targets);
    }

    [Fact]
    public void An_unknown_source_is_denied_and_nobody_is_told()
    {
        var decision = new PolicyInMemory("* * * * allow").Decide("nobody", "work", qubes: Qube("work"));

        Assert.False(Assert.IsType<DeniedDecision>(decision).Notify);
    }

    [Theory]
    [InlineData("uuid:{0}")]
    [InlineData("work")]
    public void A_call_to_itself_is_denied_by_whichever_name(string target)
    {
        var work = Qube("work");
        var system = new SystemInfo([work]);
        var call = new PolicyCall("work", "a.Svc", string.Format(target, work.Uuid));
        var decision = new PolicyInMemory("a.Svc * * * allow").Load().Decide(call, system);

        Assert.IsType<AllowedDecision>(decision);
        Assert.Null(Settlement.Settle(decision, call, system).Granted);
    }

    [Fact]
    public void An_internal_qube_is_never_gathered_for_a_question()
    {
        var decision = new PolicyInMemory("a.Svc * work * ask")
            .Decide("work", "", qubes: [Qube("work"), Qube("a"), Qube("disp1", isInternal: true), Qube("mgmt", isTemplate: true, isInternal: true)]);

        Assert.Equal(["a"], Assert.IsType<AskedDecision>(decision).Targets);
    }

    [Fact]
    public void A_target_that_went_while_the_user_was_asked_is_denied()
    {
        var call = new PolicyCall("work", "a.Svc", "a");
        var decision = new PolicyInMemory("a.Svc * work * ask").Load()
            .Decide(call, new SystemInfo([Qube("work", gui: "gui"), Qube("a"), Qube("gui")]));

        var outcome = Settlement.Settle(decision, call, new SystemInfo([Qube("work", gui: "gui"), Qube("gui")]), "allow:a");

        Assert.Null(outcome.Granted);
        Assert.Equal("gui", Assert.Single(outcome.Notifications).To);
    }

    [Fact]
    public void A_source_that_is_no_qube_is_judged_by_its_own_description()
    {
        var desktop = new SystemQube("desktop", "", "HostUser") { DefaultDispvm = "d", Tags = new HashSet<string> { "people" } };
        var system = new SystemInfo([Qube("d", isTemplate: true)]);
        var policy = new PolicyInMemory(
            "a.Svc * uuid: @dispvm deny", "a.Svc * @tag:people @dispvm:d allow", "b.Svc * @type:HostUser @dispvm allow", "c.Svc * desktop d allow").Load();

        foreach (var (service, target) in ((string, string)[])[("a.Svc", "@dispvm"), ("b.Svc", "@dispvm"), ("c.Svc", "d")])
        {
            var call = new PolicyCall("desktop", service, target);
            var decision = policy.Decide(call, system, desktop);
            Assert.IsType<AllowedDecision>(decision);
            Assert.NotNull(Settlement.Settle(decision, call, system).Granted);
        }
    }

    [Fact]
    public void Names_and_uuids_lead_to_the_same_rules_in_the_order_of_the_file()
    {
        var (work, other) = (Qube("work"), Qube("other"));
        var lines = new[]
        {
            "a.Svc +z work other allow", $"* * uuid:{work.Uuid} gone allow", "a.Svc * other other allow", "a.Svc * @tag:x other allow",
            $"a.Svc * uuid:{work.Uuid} uuid:{other.Uuid} deny", "a.Svc * work other allow",
        };

        Assert.Equal(5, new PolicyInMemory(lines).Decide("work", "other", qubes: [work, other]).Rule!.Location.Line);
    }

    [Fact]
    public void With_assumed_consent_only_what_was_asked_for_by_name_is_granted()
    {
        var system = new SystemInfo([Qube("work", dispvm: "d"), Qube("a"), Qube("d", isTemplate: true)]);
        var policy = new PolicyInMemory("a.Svc * work * ask").Load();

        Assert.NotNull(Granted("a"));
        Assert.NotNull(Granted("@dispvm:d"));
        Assert.Null(Granted("@dispvm"));
        Assert.Null(Granted(""));

        GrantedCall? Granted(string target)
        {
            var call = new PolicyCall("work", "a.Svc", target);
            return Settlement.Settle(policy.Decide(call, system), call, system, modes: PolicyModes.AssumeYes).Granted;
        }
    }
}
