using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Qrexec.Policy;

namespace Qubes.Plugins.Qrexec.Tests.Policy;

public sealed class PolicyTests
{
    private static readonly PolicyQube Work = new("work", "AppVM", new HashSet<string> { "red-team" });
    private static readonly PolicyQube Vault = new("vault", "AppVM", new HashSet<string> { "safe" });
    private static readonly PolicyQube Host = new("dom0", "AdminVM", new HashSet<string>());

    [Theory]
    [InlineData("svc * work vault allow", "vault", "svc+a", true)]
    [InlineData("svc +a work vault allow", "vault", "svc+a", true)]
    [InlineData("svc +a work vault allow", "vault", "svc+ab", null)]
    [InlineData("svc + work vault allow", "vault", "svc", true)]
    [InlineData("svc + work vault allow", "vault", "svc+a", null)]
    [InlineData("svc +a+b work vault allow", "vault", "svc+a+b", true)]
    [InlineData("* * * * deny notify=no", "vault", "svc", false)]
    [InlineData("other * * * allow", "vault", "svc", null)]
    [InlineData("svc * other * allow", "vault", "svc", null)]
    [InlineData("svc * @tag:red-team @tag:safe allow", "vault", "svc", true)]
    [InlineData("svc * @tag:safe * allow", "vault", "svc", null)]
    [InlineData("svc * @type:AppVM @type:AppVM allow", "vault", "svc", true)]
    [InlineData("svc * @type:DispVM * allow", "vault", "svc", null)]
    [InlineData("svc * @anyvm @anyvm allow", "vault", "svc", true)]
    [InlineData("svc * @anyvm @anyvm allow", "dom0", "svc", null)]
    [InlineData("svc * * @anyvm allow", "", "svc", true)]
    [InlineData("svc * * @adminvm allow", "dom0", "svc", true)]
    [InlineData("svc * * dom0 allow", "@adminvm", "svc", true)]
    [InlineData("svc * * @default deny", "", "svc", false)]
    [InlineData("svc * * @default deny", "nosuch", "svc", false)]
    [InlineData("svc * * nosuch allow", "nosuch", "svc", null)]
    [InlineData("svc * * @tag:safe allow", "@dispvm", "svc", null)]
    [InlineData("svc * work vault deny\nsvc * work vault allow", "vault", "svc", false)]
    [InlineData("# a comment\n\n  svc\t*  work vault   allow  ", "vault", "svc", true)]
    public void The_first_rule_that_matches_decides(string policy, string target, string call, bool? allows)
    {
        PolicyQube? known = new[] { Work, Vault, Host }.FirstOrDefault(q => q.Name == target);
        PolicyRule? rule = PolicyEvaluator.FirstMatch([.. PolicyParser.Parse("p", policy)], Work, target, known, call);
        Assert.Equal(allows, rule?.Allows);
    }

    [Theory]
    [InlineData("svc * work vault")]
    [InlineData("svc+a * work vault allow")]
    [InlineData("svc a work vault allow")]
    [InlineData("svc +a/b work vault allow")]
    [InlineData("* +a work vault allow")]
    [InlineData("svc * work vault maybe")]
    [InlineData("svc * work vault ALLOW")]
    [InlineData("svc * work vault ask")]
    [InlineData("svc * work vault allow target=dom0")]
    [InlineData("svc * work vault deny # why")]
    [InlineData("svc * work vault deny notify=no notify=no")]
    [InlineData("svc * @default vault allow")]
    [InlineData("svc * work @default allow")]
    [InlineData("svc * @tag: vault allow")]
    [InlineData("svc * work @nosuch allow")]
    [InlineData("!include x")]
    public void A_line_that_is_not_understood_makes_the_policy_unusable(string line)
    {
        var e = Assert.Throws<PolicyLoadException>(() => PolicyParser.Parse("30-user.policy", "\n" + line).ToList());
        Assert.Contains("30-user.policy:2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_a_policy_or_is_refused() => Check.QuickThrowOnFailure(Prop.ForAll((NonNull<string> text) =>
    {
        try
        {
            return PolicyParser.Parse("p", text.Get).All(r => r.Location.Length > 0);
        }
        catch (PolicyLoadException)
        {
            return true;
        }
    }));

    [Fact]
    public async Task Files_are_read_in_the_order_of_their_names_and_others_are_passed_over()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("90-default.policy", "svc * * * allow");
        directory.Write("30-user.policy", "svc * * * deny");
        directory.Write("README", "nonsense");
        directory.Write(".hidden.policy", "nonsense");
        directory.Write("30-user.policy.rpmnew", "nonsense");
        var rules = await new PolicyDirectory(directory.Path).LoadAsync(CancellationToken.None);
        Assert.Equal(["30-user.policy:1", "90-default.policy:1"], rules.Select(r => r.Location));
    }

    [Fact]
    public async Task A_missing_directory_a_bad_name_and_a_broken_text_deny_everything()
    {
        using var directory = new TemporaryDirectory();
        await Assert.ThrowsAsync<PolicyLoadException>(
            () => new PolicyDirectory(directory.Path + "/none").LoadAsync(CancellationToken.None));
        directory.Write("Upper.policy", "");
        await Assert.ThrowsAsync<PolicyLoadException>(() => new PolicyDirectory(directory.Path).LoadAsync(CancellationToken.None));
        File.Delete(directory.Path + "/Upper.policy");
        await File.WriteAllBytesAsync(directory.Path + "/x.policy", [0xff, 0xfe, 0x80]);
        await Assert.ThrowsAsync<PolicyLoadException>(() => new PolicyDirectory(directory.Path).LoadAsync(CancellationToken.None));
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qrx");

        public string Path => directory.FullName;

        public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

        public void Dispose() => directory.Delete(recursive: true);
    }
}
