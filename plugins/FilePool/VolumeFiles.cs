using System.Text.RegularExpressions;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool;

/// <summary>The files of one volume: <c>DIR_PATH/VID</c> with an ending each (spec: storage, section 4.1).</summary>
internal sealed partial class VolumeFiles
{
    /// <summary>Directories are the daemon's alone; machines get open files, not names.</summary>
    public const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string stem;

    /// <exception cref="StorageException">The vid is not one this driver makes.</exception>
    public VolumeFiles(string pool, string vid)
    {
        if (!IsVid(vid))
        {
            throw new StorageException(
                $"Volume id '{vid}' is refused: up to 200 characters, names of A-Za-z0-9_.+- joined by '/', none beginning "
                + "with a dot or ending like a working file");
        }
        stem = $"{pool}/{vid}";
        Directory = Path.GetDirectoryName(stem)!;
        BaseName = Path.GetFileName(stem);
    }

    /// <summary>The directory of them all.</summary>
    public string Directory { get; }

    /// <summary>What all their names begin with.</summary>
    public string BaseName { get; }

    /// <summary>Persistent: the committed content, raw. Never written to, only replaced.</summary>
    public string Image => stem + ".img";

    /// <summary>What the guest changes: persistent and snapshot volumes.</summary>
    public string Overlay => stem + "-dirty.qcow2";

    /// <summary>The file the guest writes to directly: volatile volumes, and persistent ones whose snapshots are off.</summary>
    public string Direct => stem + "-dirty.img";

    /// <summary>Snapshot: a second name for the source's content, which keeps it when the source commits anew.</summary>
    public string Clean => stem + "-clean.img";

    /// <summary>A disposable that began as a copy of a frozen one: a second name for what its snapshot had changed, a qcow2 overlay.</summary>
    public string FrozenOverlay => stem + "-frozen.qcow2";

    /// <summary>The same for what its volatile volume held, raw.</summary>
    public string FrozenDirect => stem + "-frozen.img";

    /// <summary>Persistent: what an import fills; a left-over unless the pool knows of an import.</summary>
    public string Import => stem + "-import.img";

    /// <summary>A file that is not finished; whatever it is, it can be deleted.</summary>
    public string Unfinished => stem + "-unfinished";

    /// <summary>Whether this driver makes such a vid.</summary>
    public static bool IsVid(string text) => text.Length <= 200 && VidPattern().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_+-][A-Za-z0-9_.+-]*(/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)*(?<!-dirty|-clean|-frozen|-import|-unfinished)\z")]
    private static partial Regex VidPattern();
}
