using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

internal sealed partial class FilePool
{
    private const string Raw = "raw";
    private const string Overlaid = "qcow2";

    private static void Create(Volume volume, VolumeFiles files)
    {
        if (!IsPersistent(volume))
            return;
        if (File.Exists(files.Image) || File.Exists(files.Direct))
            throw new StorageException($"Volume {volume.Vid} exists already");
        files.Tidy();
        ImageFile.CreateSparse(files.Unfinished, volume.Size);
        FileCalls.Rename(files.Unfinished, files.Image);
        FileCalls.SyncDirectory(files.Directory);
    }

    private VolumeAttachment Start(Volume volume, VolumeFiles files)
    {
        files.Tidy();
        if (volume.SnapOnStart)
            return StartSnapshot(volume, files);
        return volume.SaveOnStop ? StartPersistent(volume, files) : StartVolatile(volume, files);
    }

    /// <summary>A working copy that was left by a crash is used on, as a real disk would be.</summary>
    private VolumeAttachment StartPersistent(Volume volume, VolumeFiles files)
    {
        if (volume.RevisionsToKeep < 0 && !File.Exists(files.Overlay))
            return StartDirect(volume, files);
        if (FileFacts.Of(files.Image) is not { } image)
        {
            throw new StorageException(File.Exists(files.Direct)
                ? $"Volume {volume.Vid} was used without snapshots and not stopped; stop it before it is started with them"
                : $"Volume {volume.Vid} has no content: {files.Image} is missing");
        }
        if (!volume.IsWritable)
            return new VolumeAttachment(volume, [new DiskLayer(files.Image, Raw)], IsWritable: false);
        if (!File.Exists(files.Overlay))
            AddOverlay(files, Math.Max(volume.Size, image.Length), durable: true);
        return Overlay(volume, files, files.Image);
    }

    private VolumeAttachment StartDirect(Volume volume, VolumeFiles files)
    {
        if (!File.Exists(files.Direct))
        {
            if (!File.Exists(files.Image))
                throw new StorageException($"Volume {volume.Vid} has no content: {files.Image} is missing");
            new Revisions(files, time).Prune(0);
            FileCalls.Rename(files.Image, files.Direct);
            FileCalls.SyncDirectory(files.Directory);
        }
        return new VolumeAttachment(volume, [new DiskLayer(files.Direct, Raw)], volume.IsWritable);
    }

    private VolumeAttachment StartSnapshot(Volume volume, VolumeFiles files)
    {
        if (volume.Source is not { } source || source.Pool.Configuration.Name != Configuration.Name)
            throw new StorageException($"Volume {volume.Vid} is a snapshot, and its source must be a volume of the same pool");
        var content = FilesOf(source).Image;
        if (!File.Exists(content))
            throw new StorageException($"Volume {volume.Vid} cannot be made: its source {source.Vid} has no committed content");
        Discard(files);
        Directory.CreateDirectory(files.Directory, VolumeFiles.DirectoryMode);
        FileCalls.Link(content, files.Clean);
        if (!volume.IsWritable)
            return new VolumeAttachment(volume, [new DiskLayer(files.Clean, Raw)], IsWritable: false);
        AddOverlay(files, Math.Max(volume.Size, FileFacts.Of(files.Clean)!.Length), durable: false);
        return Overlay(volume, files, files.Clean);
    }

    private static VolumeAttachment StartVolatile(Volume volume, VolumeFiles files)
    {
        Discard(files);
        ImageFile.CreateSparse(files.Direct, volume.Size);
        return new VolumeAttachment(volume, [new DiskLayer(files.Direct, Raw)], volume.IsWritable);
    }

    private static VolumeAttachment Overlay(Volume volume, VolumeFiles files, string content) =>
        new(volume, [new DiskLayer(files.Overlay, Overlaid), new DiskLayer(content, Raw)], IsWritable: true);

    private static void AddOverlay(VolumeFiles files, long size, bool durable)
    {
        OverlayWriter.Create(files.Unfinished, size, durable);
        FileCalls.Rename(files.Unfinished, files.Overlay);
        if (durable)
            FileCalls.SyncDirectory(files.Directory);
    }

    private static void Discard(VolumeFiles files)
    {
        if (!Directory.Exists(files.Directory))
            return;
        files.Tidy();
        File.Delete(files.Overlay);
        File.Delete(files.Direct);
        File.Delete(files.Clean);
    }
}
