namespace Qubes.Kernel.Loop;

/// <summary>Makes durable what turns of the kernel loop changed. Used by the loop, on its thread.</summary>
internal interface ITurnCommitter
{
    /// <summary>
    /// How many writes were ever made in memory; only grows. Two equal readings: nothing was changed in between.
    /// </summary>
    long Changes { get; }

    /// <summary>
    /// Makes every write so far durable, all or none; costs nothing when there is none. When it throws, the writes stay
    /// pending and are part of the next commit.
    /// </summary>
    void Commit();
}
