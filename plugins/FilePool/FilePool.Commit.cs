using Microsoft.Win32.SafeHandles;
using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

// A commit that may be killed at any instruction:
//
//   1. write the new content, committed image + overlay, to VID-unfinished, give it the overlay's time of change, and make it
//      durable
//   2. keep the old content as a revision: a second name
//   3. rename VID-unfinished to VID.img                        <- here it becomes true, atomically
//   4. delete the overlay
//
// Killed before 3, the old content and the overlay are as they were, and the next stop does it over. Killed between 3 and 4,
// the overlay lies on the new content, of which it is a part: reading through it gives the same bytes, so that starting on it
// is right. The next stop sees by the equal times that only step 4 is missing. No journal is needed.
//
// The old file is never written to, because snapshots and revisions are other names for it. Step 1 costs what changed where
// the file system can share blocks between files (Btrfs, XFS), and elsewhere (ext4) one copy inside the kernel of what is not
// a hole.
internal sealed partial class FilePool
{
    private void Stop(Volume volume, VolumeFiles files, CancellationToken cancel)
    {
        if (!volume.IsPersistent)
        {
            Discard(volume, files);
            return;
        }
        if (!Directory.Exists(files.Directory))
            return;
        Tidy(volume, files);
        if (File.Exists(files.Overlay))
            Commit(volume, files, cancel);
        else if (File.Exists(files.Direct))
            CommitDirect(files);
    }

    private void Commit(Volume volume, VolumeFiles files, CancellationToken cancel)
    {
        var changed = File.GetLastWriteTimeUtc(files.Overlay);
        if (changed != File.GetLastWriteTimeUtc(files.Image))
        {
            Merge(volume, files, changed, cancel);
            Replace(volume, files, files.Unfinished);
        }
        File.Delete(files.Overlay);
        FileCalls.SyncDirectory(files.Directory);
    }

    private static void Merge(Volume volume, VolumeFiles files, DateTime changed, CancellationToken cancel)
    {
        using var committed = ImageFile.OpenRead(files.Image);
        using var overlay = ImageFile.OpenRead(files.Overlay);
        using var merged = ImageFile.CreateNew(files.Unfinished);
        var changes = new OverlayReader(overlay);
        ImageFile.Copy(committed, merged.SafeFileHandle, cancel);
        merged.SetLength(Math.Max(Math.Max(merged.Length, volume.Size), changes.Size));
        Apply(changes, overlay, merged.SafeFileHandle, cancel);
        File.SetLastWriteTimeUtc(merged.SafeFileHandle, changed);
        merged.Flush(flushToDisk: true);
    }

    private static void Apply(
        OverlayReader changes, SafeFileHandle overlay, SafeFileHandle merged, CancellationToken cancel)
    {
        foreach (var range in changes.Ranges())
        {
            if (range.Data is { } data)
                ImageFile.CopyRange(overlay, data, merged, range.Position, range.Count, cancel);
            else
                ImageFile.Clear(merged, range.Position, range.Count);
        }
    }

    private static void CommitDirect(VolumeFiles files)
    {
        using (var file = File.OpenHandle(files.Direct, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            RandomAccess.FlushToDisk(file);
        FileCalls.Rename(files.Direct, files.Image);
        FileCalls.SyncDirectory(files.Directory);
    }

    /// <summary>Makes a file that is complete and durable the content: the step that counts.</summary>
    private void Replace(Volume volume, VolumeFiles files, string content)
    {
        var revisions = new Revisions(files, time);
        if (volume.RevisionsToKeep > 0)
            revisions.Keep();
        FileCalls.Rename(content, files.Image);
        FileCalls.SyncDirectory(files.Directory);
        revisions.Prune(volume.RevisionsToKeep);
    }

    private void Remove(Volume volume, VolumeFiles files)
    {
        imports.TryRemove(volume.Vid, out _);
        if (!Directory.Exists(files.Directory))
            return;
        Discard(volume, files);
        File.Delete(files.Image);
        new Revisions(files, time).Prune(0);
        if (!files.Directory.Equals(directory, StringComparison.Ordinal)
            && !Directory.EnumerateFileSystemEntries(files.Directory).Any())
        {
            Directory.Delete(files.Directory);
        }
    }
}
