namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Least of its need first.</summary>
internal sealed class ByRank : IComparer<Guest>
{
    public int Compare(Guest? x, Guest? y)
    {
        var byRank = x!.Rank.CompareTo(y!.Rank);
        return byRank != 0 ? byRank : x.Id.CompareTo(y.Id);
    }
}
