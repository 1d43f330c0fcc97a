using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

public sealed class ChangeTests : IAsyncLifetime
{
    private readonly JudgeBench bench = new();
    private CallSource source = null!;

    public Task InitializeAsync()
    {
        source = JudgeBench.Source(bench.Add("work"));
        bench.Add("vault");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task No_call_is_judged_by_rules_that_were_changed_before_it_however_fast_changes_follow()
    {
        // In place and of the same length, so that only the clock of the file system could tell; and by a rename, as packages do it.
        var path = bench.PolicyDirectory + "/30-user.policy";
        for (var i = 0; i < 300; i++)
        {
            var isAllowed = i % 2 == 0;
            var text = isAllowed ? "a.Svc * work vault allow\n" : "a.Svc * work vault deny \n";
            if (i % 3 == 0)
            {
                File.WriteAllText(path + ".new", text);
                File.Move(path + ".new", path, overwrite: true);
            }
            else
            {
                File.WriteAllText(path, text);
            }

            var verdict = await bench.CallAsync(source, "vault");

            Assert.Equal(isAllowed, verdict is AllowedCall);
        }
    }

    [Fact]
    public async Task A_change_that_does_not_parse_denies_everything_until_it_is_mended_and_is_logged_once()
    {
        bench.Policy("a.Svc * work vault allow");
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault"));

        bench.Policy("a.Svc * work vault allow", "broken");
        for (var i = 0; i < 3; i++)
            Assert.Contains("30-user.policy:2", Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault")).Reason);
        bench.Policy("a.Svc * work vault allow");
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault"));

        Assert.Contains("30-user.policy:2", await bench.Log.NextAsync(2151));
        // The next word is that it is mended: the mistake was told once.
        Assert.Equal("The policy has been read: 1 rules", await bench.Log.NextAsync(2150));
    }

    [Fact]
    public async Task A_directory_that_goes_denies_everything()
    {
        bench.Policy("a.Svc * work vault allow");
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault"));

        Directory.Delete(bench.PolicyDirectory, recursive: true);

        Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault"));
    }

    [Fact]
    public async Task A_settled_policy_is_not_read_again()
    {
        // Files have the host's time: seen from a clock that is ahead of it, no change to them is recent.
        await using var later = new JudgeBench(new VirtualTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(1)));
        later.Policy("a.Svc * work vault allow");

        var state = await later.Store.GetAsync(default);

        Assert.True(state.IsSettled);
        Assert.Same(state, await later.Store.GetAsync(default));
    }

    [Fact]
    public async Task A_policy_that_may_have_changed_within_a_tick_of_the_clock_is_never_taken_for_current()
    {
        bench.Policy("a.Svc * work vault allow");
        var state = await bench.Store.GetAsync(default);

        Assert.True((state with { IsSettled = true }).IsCurrent());
        Assert.False((state with { IsSettled = false }).IsCurrent());
    }

    [Fact]
    public async Task A_mistake_is_in_the_log_before_any_call_meets_it()
    {
        using var watch = new PolicyWatch(
            bench.Store, new ShippedPolicy(bench.Paths, bench.Store, new Logger<ShippedPolicy>(bench.Log)), TimeProvider.System,
            new Logger<PolicyWatch>(bench.Log));
        await watch.StartAsync(default);

        bench.Policy("broken");

        Assert.Contains("30-user.policy:1", await bench.Log.NextAsync(2151).WaitAsync(JudgeBench.Limit));
        await watch.StopAsync(default);
    }
}
