namespace Qubes.Tools.Tests.Policy;

public sealed class ApplyTests : PolicyToolTests
{
    [Fact]
    public async Task Good_files_are_installed_and_replace_those_of_their_name()
    {
        Write("etc/qubes/policy.d/30-user.policy", "broken");
        var user = Write("home/30-user.policy", "a * b c allow\n!include-dir more\n");
        var more = Write("home/40-more.policy", "a * b c deny\n");
        Directory.CreateDirectory(Fixed + "/more");

        var result = await Bench.RunAsync("qubes-policy", "apply", user, more);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(File.ReadAllText(user), File.ReadAllText(Fixed + "/30-user.policy"));
        Assert.Equal(["30-user.policy", "40-more.policy"], Directory.GetFiles(Fixed).Select(p => Path.GetFileName(p)!).Order());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(Fixed + "/30-user.policy"));
    }

    [Fact]
    public async Task A_mistake_in_any_of_them_installs_none()
    {
        var good = Write("home/30-good.policy", "a * b c allow\n");
        var bad = Write("home/40-bad.policy", "\na * b c perhaps\n");

        var result = await Bench.RunAsync("qubes-policy", "apply", good, bad);

        Assert.Equal(1, result.Code);
        Assert.StartsWith($"qubes-policy: error: {bad}:2: 'perhaps' is no action", result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(Fixed));
    }

    [Fact]
    public async Task A_mistake_elsewhere_in_the_policy_refuses_them_too()
    {
        var there = Write("etc/qubes/policy.d/90-old.policy", "broken\n");

        var result = await Bench.RunAsync("qubes-policy", "apply", Write("home/30-good.policy", "a * b c allow\n"));

        Assert.Equal(1, result.Code);
        Assert.Contains(there + ":1", result.Error);
        Assert.Equal([there], Directory.GetFiles(Fixed));
    }

    [Theory]
    [InlineData("30-user.conf", 2)]
    [InlineData(".30-user.policy", 2)]
    [InlineData("30-User.policy", 1)]
    public async Task A_name_that_would_not_count_or_break_the_policy_is_refused(string name, int code)
    {
        var result = await Bench.RunAsync("qubes-policy", "apply", Write("home/" + name, "a * b c allow\n"));

        Assert.Equal(code, result.Code);
        Assert.Empty(Directory.GetFileSystemEntries(Fixed));
    }

    [Fact]
    public async Task Two_files_of_one_name_are_refused()
    {
        Assert.Equal(2, (await Bench.RunAsync("qubes-policy", "apply", Write("a/3.policy", ""), Write("b/3.policy", ""))).Code);
    }

    [Fact]
    public async Task A_file_that_a_runtime_file_hides_is_warned_of()
    {
        Write("run/qubes/policy.d/30-user.policy", "");

        var result = await Bench.RunAsync("qubes-policy", "apply", Write("home/30-user.policy", "a * b c allow\n"));

        Assert.Equal(0, result.Code);
        Assert.Contains("counts instead", result.Error);
    }
}
