using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Memory;

/// <summary>Extension point: wants to know how much memory guests use, as their agents tell it. Called on the kernel loop.</summary>
public interface IGuestMemoryListener
{
    /// <summary>
    /// How often a guest's agent may report, asked when it is connected (spec: qmemman, section 8: the writer runs exactly where
    /// <c>maxmem</c> is above 0); null: not at all. The host drops what comes more often.
    /// </summary>
    TimeSpan? IntervalOf(IQube qube);

    /// <summary>
    /// A guest says how much it uses, which nobody has checked: memory that is neither free nor could be made free at once.
    /// </summary>
    /// <param name="qube">Running.</param>
    /// <param name="usedBytes">0 to 4 TiB, a multiple of 1024.</param>
    void Reported(IQube qube, long usedBytes);
}
