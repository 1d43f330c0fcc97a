using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

// Size and revisions. Each is one rename of a complete, durable file, like a commit.
internal sealed partial class FilePool
{
    /// <summary>
    /// A persistent volume at rest gets a new file. Of what is in use only a file that the guest writes to directly is made
    /// longer here; an overlay is changed by the machine that has it open, and by nobody else. Until that is done, the size
    /// that the kernel kept counts: at the next start or stop.
    /// </summary>
    private void Resize(Volume volume, VolumeFiles files, long size, CancellationToken cancel)
    {
        if (!volume.IsWritable)
            throw new StorageException($"Volume {volume.Vid} is read-only, so that it cannot be resized");
        RefuseUnlessPossible(volume, size);
        if (volume.IsEphemeral && File.Exists(files.Direct))
            throw new StorageException($"Volume {volume.Vid} is ephemeral and in use; shut its qube down before it is resized");
        if (volume.SnapOnStart)
            RefuseSmaller(volume, size, Math.Max(LengthOf(files.Clean), LengthOf(SourceOf(volume).Image)), "its source is");
        if (File.Exists(files.Overlay) || File.Exists(files.Direct))
        {
            RefuseSmaller(volume, size, Math.Max(volume.Size, LengthOf(files.Image)), "it has, as it is in use,");
            GrowDirect(files, size);
        }
        else if (volume.IsPersistent)
        {
            ResizeCommitted(volume, files, size, cancel);
        }
    }

    private void ResizeCommitted(Volume volume, VolumeFiles files, long size, CancellationToken cancel)
    {
        RefuseUnlessAtRest(volume);
        if (FileFacts.Of(files.Image) is not { } image)
            throw new StorageException($"Volume {volume.Vid} has no content: {files.Image} is missing");
        if (image.Length == size)
            return;
        Tidy(volume, files);
        CopyIn(files.Image, files, cancel);
        Seal(files.Unfinished, size);
        FileCalls.Rename(files.Unfinished, files.Image);
        FileCalls.SyncDirectory(files.Directory);
    }

    private static void GrowDirect(VolumeFiles files, long size)
    {
        if (FileFacts.Of(files.Direct) is not { } direct || direct.Length >= size)
            return;
        using var file = File.OpenHandle(files.Direct, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.SetLength(file, size);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>
    /// 1. the current content gets a second name, as a revision; 2. the old one's name becomes the current's. Killed between,
    /// that revision is another name of the current content, which is neither listed nor made twice.
    /// </summary>
    private long Revert(Volume volume, VolumeFiles files, string revision)
    {
        RefuseUnlessReplaceable(volume);
        Tidy(volume, files);
        var revisions = new Revisions(files, time);
        var old = revisions.Find(revision);
        revisions.Keep();
        FileCalls.Rename(old, files.Image);
        FileCalls.SyncDirectory(files.Directory);
        revisions.Prune(volume.RevisionsToKeep);
        return FileFacts.Of(files.Image)!.Length;
    }

    private void Prune(Volume volume, VolumeFiles files)
    {
        new Revisions(files, time).Prune(volume.RevisionsToKeep);
        if (Directory.Exists(files.Directory))
            FileCalls.SyncDirectory(files.Directory);
    }

    private void Verify(Volume volume, VolumeFiles files)
    {
        RefuseEphemeralUnlessVolatile(volume);
        if (volume.SnapOnStart)
        {
            RefuseUnlessPlain(volume, SourceOf(volume).Image);
            return;
        }
        if (!volume.SaveOnStop)
            return;
        if (File.Exists(files.Direct) && !File.Exists(files.Image))
            RefuseUnlessPlain(volume, files.Direct);
        else
            RefuseUnlessPlain(volume, files.Image);
        if (File.Exists(files.Overlay))
            _ = OverlayReader.SizeOf(files.Overlay);
    }

    private static void RefuseUnlessPlain(Volume volume, string content)
    {
        if (FileFacts.Of(content) is not { IsRegular: true })
            throw new StorageException($"Volume {volume.Vid} cannot be used: {content} is missing or no plain file");
    }

    private static void RefuseSmaller(Volume volume, long size, long least, string why)
    {
        if (size < least)
            throw new StorageException($"Volume {volume.Vid} cannot be made {size} bytes small: {why} {least} bytes large");
    }

    private static void RefuseEphemeralUnlessVolatile(Volume volume)
    {
        if (volume.IsEphemeral && !(volume.IsVolatile && volume.IsWritable))
            throw new StorageException($"Volume {volume.Vid} cannot be ephemeral: only a writable volatile volume can");
    }

    private static long LengthOf(string path) => FileFacts.Of(path)?.Length ?? 0;
}
