namespace Qubes.Simulation;

/// <summary>What the command line asks for.</summary>
/// <param name="Policies">Names of policies to compare, in order.</param>
/// <param name="Trace">The file with the requests.</param>
/// <param name="Max">The most that each template may preload.</param>
/// <param name="Delay">The value of <c>preload-dispvm-delay</c>; null: unset.</param>
/// <param name="MemoryMiB">What one disposable takes.</param>
/// <param name="HostMemoryMiB">What all together may take.</param>
/// <param name="Start">How long one takes until it can be used, on average.</param>
/// <param name="Use">How long one is used, on average.</param>
/// <param name="Seed">Of all that is left to chance.</param>
internal sealed record SimulationOptions(
    IReadOnlyList<string> Policies, string Trace, int Max, string? Delay, int MemoryMiB, int HostMemoryMiB, TimeSpan Start, TimeSpan Use, int Seed);
