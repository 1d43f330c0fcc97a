using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

// Content that comes from elsewhere. It is complete and durable in a file of its own before one rename makes it the volume's
// (FilePool.Commit); killed before that, the old content stays, and the file is deleted at the next occasion. Whether an
// import goes on is known in memory only: the daemon that was to end it is gone with it.
internal sealed partial class FilePool
{
    private string BeginImport(Volume volume, VolumeFiles files, long size)
    {
        RefuseUnlessReplaceable(volume);
        RefuseUnlessPossible(volume, size);
        File.Delete(files.Import);
        ImageFile.CreateSparse(files.Import, size);
        imports[volume.Vid] = size;
        return files.Import;
    }

    private void EndImport(Volume volume, VolumeFiles files, bool commit)
    {
        if (!imports.TryRemove(volume.Vid, out var size))
            throw new StorageException($"Volume {volume.Vid} is not being imported to");
        try
        {
            if (commit)
                CommitImport(volume, files, size);
        }
        finally
        {
            File.Delete(files.Import);
        }
    }

    private void CommitImport(Volume volume, VolumeFiles files, long size)
    {
        RefuseUnlessReplaceable(volume);
        if (FileFacts.Of(files.Import) is not { IsRegular: true, Links: 1 } facts || facts.Length != size)
        {
            throw new StorageException(
                $"The import to volume {volume.Vid} is refused: its file must be as it was given, {size} bytes long");
        }
        Seal(files.Import, size);
        Replace(volume, files, files.Import);
    }

    private async Task CloneContentAsync(Volume volume, Volume source, CancellationToken cancel)
    {
        // Before this volume's turn: two volumes may be cloned to each other at the same time.
        await using var export = await source.Pool.ExportAsync(source, cancel).ConfigureAwait(false);
        await RunAsync(volume, "clone to", (_, files) =>
        {
            RefuseUnlessReplaceable(volume);
            Tidy(volume, files);
            CopyIn(export.Path, files, cancel);
            using (var copy = ImageFile.OpenRead(files.Unfinished))
                RefuseUnlessPossible(volume, RandomAccess.GetLength(copy));
            Seal(files.Unfinished, FileFacts.Of(files.Unfinished)!.Length);
            Replace(volume, files, files.Unfinished);
        }, cancel).ConfigureAwait(false);
    }

    private static FileExport Export(Volume volume, VolumeFiles files)
    {
        if (!volume.IsPersistent)
            throw new StorageException($"Volume {volume.Vid} has no content to hand out: it is not kept when its qube stops");
        if (!File.Exists(files.Image))
        {
            throw new StorageException(File.Exists(files.Direct)
                ? $"Volume {volume.Vid} is in use without snapshots; shut its qube down first"
                : $"Volume {volume.Vid} has no content: {files.Image} is missing");
        }
        return new FileExport(ImageFile.OpenRead(files.Image));
    }

    private void Import(Volume volume, VolumeFiles files, string imagePath, CancellationToken cancel)
    {
        RefuseUnlessReplaceable(volume);
        if (FileFacts.Of(imagePath) is not { IsRegular: true, Length: > 0 } image)
            throw new StorageException($"{imagePath} is not a raw image: it must be a plain file that is not empty");

        Directory.CreateDirectory(files.Directory, VolumeFiles.DirectoryMode);
        Tidy(volume, files);
        var isMoved = image.Links == 1 && TryMove(imagePath, files.Unfinished);
        if (!isMoved)
            CopyIn(imagePath, files, cancel);
        Seal(files.Unfinished, Math.Max(volume.Size, image.Length));
        Replace(volume, files, files.Unfinished);
        if (!isMoved)
            File.Delete(imagePath);
    }

    /// <summary>
    /// Gives the file its length, makes it the daemon's alone and durable. Its time is that of now, finer than the file
    /// system's own: with the inode it names the content.
    /// </summary>
    private void Seal(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        RandomAccess.SetLength(file, length);
        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
        RandomAccess.FlushToDisk(file);
    }

    private void RefuseUnlessReplaceable(Volume volume)
    {
        if (!volume.IsPersistent)
            throw new StorageException($"Volume {volume.Vid} takes no content: it is not kept when its qube stops");
        RefuseUnlessAtRest(volume);
    }

    private void RefuseUnlessAtRest(Volume volume)
    {
        if (IsDirty(volume))
            throw new StorageException($"Volume {volume.Vid} is in use or was not stopped cleanly; shut its qube down first");
        if (imports.ContainsKey(volume.Vid))
            throw new StorageException($"Volume {volume.Vid} is being imported to; end that first");
    }

    private static void RefuseUnlessPossible(Volume volume, long size)
    {
        if (size is <= 0 or > Qcow2.MaximumSize)
            throw new StorageException($"{size} bytes are refused for volume {volume.Vid}: 1 to {Qcow2.MaximumSize} can be");
    }

    private static bool TryMove(string from, string to)
    {
        try
        {
            FileCalls.Rename(from, to);
            return true;
        }
        catch (IOException)
        {
            return false; // another file system: copied instead, which says what is wrong if it fails as well
        }
    }

    private static void CopyIn(string imagePath, VolumeFiles files, CancellationToken cancel)
    {
        using var source = ImageFile.OpenRead(imagePath);
        using var target = ImageFile.CreateNew(files.Unfinished);
        ImageFile.Copy(source, target.SafeFileHandle, cancel);
    }
}
