using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>The book of one persistent volume. What was committed is a number, never given twice in its pool.</summary>
internal sealed class SimulatedVolume(long content, long size)
{
    /// <summary>Which content is the current one.</summary>
    public long Content { get; private set; } = content;

    /// <summary>Bytes of the committed content.</summary>
    public long Size { get; set; } = size;

    /// <summary>Old contents, oldest first.</summary>
    public List<(VolumeRevision Revision, long Content, long Size)> Revisions { get; } = [];

    private int lastRevision;

    /// <summary>Another content becomes the current one, which is kept as a revision if any are.</summary>
    public void Replace(long content, long size, int keep, DateTimeOffset now)
    {
        Retire(now);
        (Content, Size) = (content, size);
        Prune(keep);
    }

    /// <summary>A revision's content becomes the current one, and the other way round; false: there is no such revision.</summary>
    public bool TryRevert(string id, int keep, DateTimeOffset now)
    {
        var found = Revisions.FindIndex(entry => entry.Revision.Id == id);
        if (found < 0)
            return false;
        var (_, content, size) = Revisions[found];
        Revisions.RemoveAt(found);
        Replace(content, size, keep, now);
        return true;
    }

    /// <summary>Forgets the oldest revisions beyond the number.</summary>
    public void Prune(int keep) => Revisions.RemoveRange(0, Math.Max(0, Revisions.Count - Math.Max(0, keep)));

    private void Retire(DateTimeOffset now) =>
        Revisions.Add((new VolumeRevision($"{++lastRevision}-{now:yyyy-MM-dd'T'HH:mm:ss'Z'}", now), Content, Size));
}
