namespace Qubes.Kernel.Scripts.Running;

/// <summary>What one call of a script may take before the script is switched off, unless said otherwise.</summary>
internal sealed record ScriptBudgets
{
    /// <summary>Its top level.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A handler of an event.</summary>
    public TimeSpan Handler { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A decision: one that comes later than <see cref="Patience"/> does not count.</summary>
    public TimeSpan Decision { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long anybody waits for a decision.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a script that was told to stop may take to, each time it is told with more force.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>What one call may allocate, bytes.</summary>
    public long Memory { get; init; } = 64 << 20;

    /// <summary>Calls that may wait for those before them.</summary>
    public int Waiting { get; init; } = 10_000;

    /// <summary>After so many failures without a success between them the script is switched off.</summary>
    public int Failures { get; init; } = 10;
}
