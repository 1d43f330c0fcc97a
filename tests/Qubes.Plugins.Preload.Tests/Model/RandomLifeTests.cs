using System.Globalization;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>
/// The invariants of preloading under random interleavings. The environment variable <c>QUBES_PRELOAD_LIVES</c> gives another
/// number of lives, <c>QUBES_PRELOAD_SEED</c> the first of their seeds.
/// </summary>
public sealed class RandomLifeTests(ITestOutputHelper output)
{
    private const int StepsPerLife = 60;
    private const int LivesByDefault = 24;

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(Variable("QUBES_PRELOAD_SEED", 1), Variable("QUBES_PRELOAD_LIVES", LivesByDefault))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nobody_gets_a_wrong_one_no_queue_is_too_long_and_nothing_is_left_over(int seed)
    {
        var steps = Step.Plan(seed, StepsPerLife);
        if (await WrongAsync(steps) is not { } wrong)
            return;
        var fewest = await Shrinking.ShrinkAsync(steps, async s => await WrongAsync(s) is not null);
        throw new XunitException($"seed {seed}: {wrong}\nand with fewest steps: {await WrongAsync(fewest)}\n{string.Join("\n", fewest)}");
    }

    private async Task<string?> WrongAsync(IReadOnlyList<Step> steps)
    {
        await using var life = await RandomLife.BeginAsync();
        var wrong = await life.RunAsync(steps);
        output.WriteLine($"{steps.Count} steps, {life.PreloadsHandedOut} preloads handed out");
        return wrong;
    }

    private static int Variable(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : otherwise;
}
