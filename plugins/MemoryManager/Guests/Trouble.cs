namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>How a guest follows what it is asked (spec: qmemman, section 2).</summary>
internal enum Trouble
{
    /// <summary>It does.</summary>
    None,

    /// <summary>Slower than 100 MiB/s: nobody counts with what it has still to give.</summary>
    Slow,

    /// <summary>Not at all: it is left out of every sum for a while.</summary>
    NoProgress,
}
