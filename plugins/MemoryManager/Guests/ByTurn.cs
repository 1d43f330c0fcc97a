namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Longest below its need first.</summary>
internal sealed class ByTurn : IComparer<Guest>
{
    public int Compare(Guest? x, Guest? y) => x!.Turn.CompareTo(y!.Turn);
}
