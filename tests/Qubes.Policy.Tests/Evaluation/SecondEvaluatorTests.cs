using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Loading;

namespace Qubes.Policy.Tests.Evaluation;

public sealed class SecondEvaluatorTests
{
    [Fact]
    public void Two_evaluators_that_know_nothing_of_each_other_agree()
    {
        Dictionary<string, int> verdicts = [];
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(16_000).WithEndSize(1_000_000),
            Prop.ForAll<int>(seed => Compare(new RandomWorld(seed), verdicts)));
        // What never comes up proves nothing.
        Assert.All((string[])["allow", "ask", "deny"], v => Assert.True(verdicts.GetValueOrDefault(v) > 300, $"{v}: {verdicts.GetValueOrDefault(v)}"));
    }

    private static void Compare(RandomWorld world, Dictionary<string, int> verdicts)
    {
        var expected = new NaiveEvaluator(world.Lines, world.Qubes).Decide(world.Source, world.Call, world.Asked, world.RelayedFor);
        verdicts[expected.Verdict] = verdicts.GetValueOrDefault(expected.Verdict) + 1;
        var system = new SystemInfo(world.Qubes);
        var call = new PolicyCall(world.Source, world.Call, world.Asked) { RelayedFor = world.RelayedFor };

        var decision = Load(world.Lines).Decide(call, system);

        Assert.True(expected.Line == decision.Rule?.Location.Line && expected.Notify == decision.Notify, $"{decision} is not {expected}\n{world}");
        switch (decision)
        {
            case AllowedDecision allowed:
                Assert.Equal(("allow", expected.Target), (expected.Verdict, allowed.Target));
                break;
            case AskedDecision asked:
                Assert.True(expected.Verdict == "ask", $"{world}");
                Assert.Equal(expected.Offered, asked.Targets);
                Assert.Equal(expected.Preselected, asked.DefaultTarget);
                break;
            default:
                Assert.True(expected.Verdict == "deny", $"{decision} is not {expected}\n{world}");
                break;
        }
        var outcome = Settlement.Settle(decision, call, system, world.Answer);
        List<string> came =
        [
            .. ReplyText.Lines(outcome, PolicyModes.None),
            .. outcome.Notifications.Select(n => $"tell {n.To} {(n.IsAllowed ? "allow" : "deny")} {n.Target}"),
        ];
        Assert.True(
            NaiveReply.For(expected, world.Qubes, world.Source, world.Call, world.Asked, world.RelayedFor, world.Answer).SequenceEqual(came),
            $"{string.Join('|', came)}\n{expected}\n{world}");
    }

    private static LoadedPolicy Load(string[] lines)
    {
        var files = new MemoryPolicyFiles();
        files.AddDirectory("/run");
        files.Add("/fixed/30-user.policy", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return PolicyLoader.Load(new("/fixed", "/run", "/legacy"), files);
    }
}
