namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>What memory comes to whom (spec: qmemman, section 4). Bytes.</summary>
internal static class Shares
{
    private const double Rounding = 0.999;

    /// <summary>
    /// Enough for all: each gets its preferred memory and of what is left a part in proportion to it. Over all, that is the same
    /// multiple of everybody's preferred memory, so that one guest's share is found without looking at another.
    /// </summary>
    /// <param name="level">All that there is to share, over all that is preferred.</param>
    /// <param name="preferred">The guest's.</param>
    /// <param name="most">That it may have.</param>
    public static long OfEnough(double level, long preferred, long most) => Math.Min((long)(Rounding * (preferred * level)), most);

    /// <summary>Too little: what could be freed is shared among those below their need, in proportion to their preferred memory.</summary>
    /// <param name="squeezed">That is free.</param>
    /// <param name="preferred">The guest's.</param>
    /// <param name="preferredByAll">By all those that share.</param>
    /// <param name="actual">That the guest has.</param>
    /// <param name="most">That it may have.</param>
    public static long OfTooLittle(long squeezed, long preferred, long preferredByAll, long actual, long most) =>
        Math.Min((long)(Rounding * (actual + (double)preferred / preferredByAll * squeezed)), most);
}
