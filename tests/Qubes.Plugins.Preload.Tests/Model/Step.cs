namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>One thing that happens.</summary>
/// <param name="Kind">What.</param>
/// <param name="Seed">Of everything about it that is left to chance.</param>
internal sealed record Step(StepKind Kind, int Seed)
{
    // What makes preloads and asks for them happens more often than what takes them away.
    private static readonly StepKind[] Kinds =
    [
        .. Enum.GetValues<StepKind>(), .. Enumerable.Repeat(StepKind.Request, 7), .. Enumerable.Repeat(StepKind.LetTimePass, 5),
        .. Enumerable.Repeat(StepKind.LetMoreTimePass, 2), .. Enumerable.Repeat(StepKind.LocalMax, 2), StepKind.Disposables, StepKind.NoFaults, StepKind.HostResumes,
    ];

    /// <summary>A life of that many steps.</summary>
    public static IReadOnlyList<Step> Plan(int seed, int count)
    {
        var random = new Random(seed);
        return [new(StepKind.LocalMax, 1), new(StepKind.LocalMax, 2), .. Enumerable.Range(0, count).Select(_ => new Step(Kinds[random.Next(Kinds.Length)], random.Next(1 << 16)))];
    }

    public override string ToString() => $"new({nameof(StepKind)}.{Kind}, {Seed}),";
}
