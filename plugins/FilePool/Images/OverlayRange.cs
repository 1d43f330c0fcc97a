namespace Qubes.Plugins.FilePool.Images;

/// <summary>A range of the disk that an overlay replaces.</summary>
/// <param name="Position">Where on the disk.</param>
/// <param name="Count">Bytes.</param>
/// <param name="Data">Where in the overlay's file; null: zeros.</param>
internal readonly record struct OverlayRange(long Position, long Count, long? Data)
{
    /// <summary>Both as one range, if the other follows this one on the disk and in the file.</summary>
    public OverlayRange? TryJoin(OverlayRange next)
    {
        var isNeighbour = next.Position == Position + Count
            && (Data is { } data ? next.Data == data + Count : next.Data is null);
        return isNeighbour ? this with { Count = Count + next.Count } : null;
    }
}
