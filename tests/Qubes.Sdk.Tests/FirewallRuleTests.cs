using FsCheck;
using FsCheck.Fluent;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Tests;

public sealed class FirewallRuleTests
{
    [Theory]
    [InlineData("action=accept", "action=accept")]
    [InlineData("proto=tcp dstports=80 action=accept dst4=192.168.0.0/24 comment=web", "action=accept dst4=192.168.0.0/24 proto=tcp dstports=80-80 comment=web")]
    [InlineData("action=drop dst6=fd00::1", "action=drop dst6=fd00::1/128")]
    [InlineData("action=accept dstname=example.org", "action=accept dsthost=example.org")]
    [InlineData("action=accept proto=icmp icmptype=8", "action=accept proto=icmp icmptype=8")]
    [InlineData("action=accept specialtarget=dns expire=1700000000", "action=accept expire=1700000000 specialtarget=dns")]
    [InlineData("action=accept comment=a b, c=d", null)]
    [InlineData("action=accept comment=any text: with [marks]", "action=accept comment=any text: with [marks]")]
    public void Rules_are_written_in_one_order(string line, string? written)
    {
        if (written is null)
            Assert.Throws<InvalidValueException>(() => FirewallRule.Parse(line));
        else
            Assert.Equal(written, FirewallRule.Parse(line).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("action=allow")]
    [InlineData("proto=tcp")]
    [InlineData("action=accept  proto=tcp")]
    [InlineData("action=accept action=drop")]
    [InlineData("action=accept dst4=10.0.0.1 dst6=::1")]
    [InlineData("action=accept dst4=10.0.1")]
    [InlineData("action=accept dst4=10.0.0.1/33")]
    [InlineData("action=accept dst4=::1")]
    [InlineData("action=accept dst6=fe80::1%eth0")]
    [InlineData("action=accept dstports=80 proto=icmp")]
    [InlineData("action=accept proto=tcp dstports=90-80")]
    [InlineData("action=accept proto=tcp dstports=1-2-3")]
    [InlineData("action=accept proto=tcp dstports=65536")]
    [InlineData("action=accept icmptype=8")]
    [InlineData("action=accept proto=icmp icmptype=256")]
    [InlineData("action=accept expire=-1")]
    [InlineData("action=accept dsthost=-x")]
    [InlineData("action=accept comment=\n")]
    [InlineData("action=accept colour=red")]
    [InlineData("accept")]
    public void A_rule_that_breaks_the_grammar_is_refused(string line) =>
        Assert.Throws<InvalidValueException>(() => FirewallRule.Parse(line));

    [Fact]
    public void Any_text_is_read_or_refused_and_what_was_read_reads_the_same_again() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            try
            {
                var rule = FirewallRule.Parse("action=accept " + text.Get);
                return FirewallRule.Parse(rule.ToString()) == rule;
            }
            catch (InvalidValueException)
            {
                return true;
            }
        }));

    [Fact]
    public void A_rule_knows_when_it_expires()
    {
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), FirewallRule.Parse("action=accept expire=1700000000").Expires);
        Assert.Null(FirewallRule.AcceptAll.Expires);
    }
}
