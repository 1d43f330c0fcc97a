namespace Qubes.Sdk.Memory;

/// <summary>What came of <see cref="IMemoryBroker.ShrinkAsync"/>.</summary>
public enum ShrinkOutcome
{
    /// <summary>It has what it prefers to have, or within a tenth of it.</summary>
    Done,

    /// <summary>Nothing was done: its memory cannot be changed, or nobody knows what it needs.</summary>
    NotBalanced,

    /// <summary>It stopped giving back before it was there, or was slow.</summary>
    Stalled,
}
