using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Qrexec.HostCallers;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

public sealed class HostCallersFileTests
{
    [Fact]
    public void Users_and_groups_have_a_name_and_tags()
    {
        var lines = HostCallersFile.Parse("f", "# who may call\n\nalice desk red-team host_1\r\n  @journalists\tnewsroom  \n\\\\dom\\bob bobs\n");
        Assert.Equal(
            ["alice False desk red-team,host_1 f:3", "journalists True newsroom  f:4", "\\\\dom\\bob False bobs  f:5"],
            lines.Select(l => $"{l.Account} {l.IsGroup} {l.Name} {string.Join(',', l.Tags)} {l.Location}"));
    }

    [Theory]
    [InlineData("alice", "f:1: expected USER NAME")]
    [InlineData("\n@ desk", "f:2: '@' is no name of a user")]
    [InlineData("al/ice desk", "is no name of a user")]
    [InlineData("alice dom0", "nobody is called dom0")]
    [InlineData("alice @adminvm", "malformed")]
    [InlineData("alice @tag:x", "malformed")]
    [InlineData("alice 1desk", "malformed")]
    [InlineData("alice default", "reserved")]
    [InlineData("alice Domain-0", "reserved")]
    [InlineData("alice a2345678901234567890123456789012", "too long")]
    [InlineData("alice desk tag ta:g", "'ta:g' is no tag")]
    [InlineData("alice desk\nalice other", "f:2: alice has a line already, at f:1")]
    [InlineData("@g desk\n@g other", "f:2: @g has a line already, at f:1")]
    public void A_wrong_line_is_named_and_spoils_the_file(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<HostCallersException>(() => HostCallersFile.Parse("f", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_user_and_a_group_of_one_name_are_two() =>
        Assert.Equal(2, HostCallersFile.Parse("f", "alice desk\n@alice other").Count);

    [Fact]
    public void Whatever_stands_in_the_file_no_line_is_about_the_host_or_a_word_of_the_language() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Elements("alice", "@g", "dom0", "@adminvm", "desk", " ", "\n", "\t", "#", "@", "x", "\0", "é", "tag").ArrayOf()
                .Select(string.Concat).ToArbitrary(),
            text =>
            {
                try
                {
                    Assert.All(HostCallersFile.Parse("f", text), l => Assert.Matches("^[A-Za-z][A-Za-z0-9_.-]{0,30}$", l.Name));
                    Assert.DoesNotContain(HostCallersFile.Parse("f", text), l => l.Name == "dom0");
                }
                catch (HostCallersException)
                {
                    // Refused: what it should be.
                }
            }));
}
