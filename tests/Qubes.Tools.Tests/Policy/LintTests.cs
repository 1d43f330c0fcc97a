namespace Qubes.Tools.Tests.Policy;

public sealed class LintTests : PolicyToolTests
{
    [Fact]
    public async Task A_policy_without_mistakes_is_said_to_be_one()
    {
        Write("etc/qubes/policy.d/30-user.policy", "a * b c allow\n");

        var result = await Bench.RunAsync("qubes-policy", "lint");

        Assert.Equal((0, "the policy: no mistakes, 1 rule\n", ""), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_mistake_is_told_with_its_place_and_with_what_it_does()
    {
        var path = Write("etc/qubes/policy.d/30-user.policy", "a * b c allow\na * b \u001b[31m\n");

        var result = await Bench.RunAsync("qubes-policy", "lint");

        Assert.Equal(1, result.Code);
        Assert.StartsWith($"qubes-policy: error: {path}:2: ", result.Error);
        Assert.Contains("every call is denied until this is mended", result.Error);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact]
    public async Task Files_are_checked_one_by_one_with_the_includes_they_would_have()
    {
        Write("etc/qubes/policy.d/include/x", "a * b c allow\n");
        Write("etc/qubes/policy.d/30-broken.policy", "broken\n");
        var good = Write("home/good", "!include include/x\n");
        var bad = Write("home/bad", "\n!include include/y\n");

        var result = await Bench.RunAsync("qubes-policy", "lint", good, bad, "/nosuch/file");

        Assert.Equal((1, good + ": no mistakes, 1 rule\n"), (result.Code, result.Output));
        Assert.Contains(bad + ":2: there is no file", result.Error);
        Assert.Contains("/nosuch/file: there is no such file", result.Error);
    }

    [Fact]
    public async Task A_directory_that_is_missing_is_a_mistake()
    {
        Directory.Delete(Fixed);

        Assert.Equal(1, (await Bench.RunAsync("qubes-policy", "lint")).Code);
    }
}
