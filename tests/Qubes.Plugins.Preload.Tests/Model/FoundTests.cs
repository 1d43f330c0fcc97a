namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>Lives that once went wrong, in their fewest steps.</summary>
public sealed class FoundTests
{
    [Fact]
    public Task A_service_that_hangs_is_given_up_and_its_machine_replaced() => HoldsAsync(
        new(StepKind.BootTime, 59158), new(StepKind.LocalMax, 35551), new(StepKind.Faults, 45832), new(StepKind.LetMoreTimePass, 14254));

    [Fact]
    public Task What_was_committed_just_before_a_restart_is_noticed_after_it() => HoldsAsync(
        new(StepKind.LocalMax, 51123), new(StepKind.LetTimePass, 49510), new(StepKind.LocalMax, 20364), new(StepKind.Commit, 3421),
        new(StepKind.Restart, 58546));

    private static async Task HoldsAsync(params IReadOnlyList<Step> steps)
    {
        await using var life = await RandomLife.BeginAsync();
        var wrong = await life.RunAsync(steps);
        Assert.True(wrong is null, wrong);
    }
}
