namespace Qubes.Kernel.Plugins.Generations;

/// <summary>A generation that has ended, until its code is out of memory.</summary>
/// <param name="Plugin">Its plugin.</param>
/// <param name="Number">Which generation.</param>
/// <param name="Code">Its load context.</param>
/// <param name="Holders">What is known to hold it.</param>
internal sealed record Leftover(string Plugin, int Number, WeakReference Code, IReadOnlyList<string> Holders)
{
    /// <summary>It has been logged that it stays.</summary>
    public bool IsTold { get; set; }

    /// <summary>One line.</summary>
    public override string ToString() => $"generation {Number} is still in memory, held by "
        + (Holders.Count > 0 ? string.Join("; ", Holders) : "something of its own: a thread, a timer, or a cache of types");
}
