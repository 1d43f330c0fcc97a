using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Unpacking;

/// <summary>
/// A checked path of an entry (spec: protocol, section 10):
/// <code>
/// path      = component *( "/" component ) [ NUL ]            at most 16383 bytes
/// component = 1*byte, not "." or ".."; UTF-8 of characters that are safe to display, unless all names are allowed
/// </code>
/// </summary>
internal sealed class EntryPath
{
    private EntryPath(byte[] bytes, Range[] components) => (Bytes, Components) = (bytes, components);

    /// <summary>The path, without a NUL.</summary>
    public byte[] Bytes { get; }

    /// <summary>Where the components are in <see cref="Bytes"/>; at least one.</summary>
    public IReadOnlyList<Range> Components { get; }

    /// <summary>The last component.</summary>
    public ReadOnlySpan<byte> Name => Bytes.AsSpan(Components[^1]);

    /// <exception cref="UnpackException">It is not such a path: EILSEQ.</exception>
    public static EntryPath Parse(ReadOnlySpan<byte> name, bool allNames)
    {
        if (name is [.., 0])
            name = name[..^1];
        return new EntryPath(name.ToArray(), [.. Split(name, mostClimbs: 0, allNames).Components]);
    }

    /// <summary>Refuses a target that might lead out of the directory that the copy of a tree begins with.</summary>
    /// <exception cref="UnpackException">ENOLINK, or EILSEQ for its characters.</exception>
    public void CheckTarget(ReadOnlySpan<byte> target, bool allNames)
    {
        if (Components.Count < 2 || target.IsEmpty || target[0] == '/')
            throw new UnpackException(QfileError.BadLink);
        try
        {
            Split(target, mostClimbs: Components.Count - 2, allNames);
        }
        catch (UnpackException refusal) when (refusal.Error == QfileError.BadName && (allNames || SafeCodePoints.AreIn(target)))
        {
            throw new UnpackException(QfileError.BadLink);
        }
    }

    // Climbing is for a target's beginning only: behind a name, which may be a link, ".." is not where it seems to be.
    private static (List<Range> Components, int Climbs) Split(ReadOnlySpan<byte> path, int mostClimbs, bool allNames)
    {
        if (path.IsEmpty || path.Contains((byte)0) || !(allNames || SafeCodePoints.AreIn(path)))
            throw new UnpackException(QfileError.BadName);
        var (components, climbs) = (new List<Range>(), 0);
        foreach (var range in path.Split((byte)'/'))
        {
            var component = path[range];
            if (component.SequenceEqual(".."u8) && components.Count == 0 && climbs < mostClimbs)
                climbs++;
            else if (component.IsEmpty || component.SequenceEqual("."u8) || component.SequenceEqual(".."u8))
                throw new UnpackException(QfileError.BadName);
            else
                components.Add(range);
        }

        return (components, climbs);
    }
}
