using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

internal sealed partial class FilePool
{
    private const string Raw = "raw";
    private const string Overlaid = "qcow2";

    private void Create(Volume volume, VolumeFiles files)
    {
        if (!volume.IsPersistent)
            return;
        if (File.Exists(files.Image) || File.Exists(files.Direct))
            throw new StorageException($"Volume {volume.Vid} exists already");
        Tidy(volume, files);
        ImageFile.CreateSparse(files.Unfinished, volume.Size);
        FileCalls.Rename(files.Unfinished, files.Image);
        FileCalls.SyncDirectory(files.Directory);
    }

    private VolumeAttachment Start(Volume volume, VolumeFiles files, CancellationToken cancel)
    {
        RefuseEphemeralUnlessVolatile(volume);
        Tidy(volume, files);
        if (volume.SnapOnStart)
            return StartSnapshot(volume, files);
        return volume.SaveOnStop ? StartPersistent(volume, files, cancel) : StartVolatile(volume, files);
    }

    /// <summary>A working copy that was left by a crash is used on, as a real disk would be.</summary>
    private VolumeAttachment StartPersistent(Volume volume, VolumeFiles files, CancellationToken cancel)
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
        if (File.Exists(files.Overlay) && OverlayReader.SizeOf(files.Overlay) < volume.Size)
            Commit(volume, files, cancel); // grown while in use, and its machine did not hear of it: it is too small to go on with
        if (!File.Exists(files.Overlay))
            AddOverlay(files, Math.Max(volume.Size, FileFacts.Of(files.Image)?.Length ?? image.Length), durable: true);
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
        GrowDirect(files, volume.Size);
        return new VolumeAttachment(volume, [new DiskLayer(files.Direct, Raw)], volume.IsWritable);
    }

    private VolumeAttachment StartSnapshot(Volume volume, VolumeFiles files)
    {
        var content = SourceOf(volume).Image;
        if (!File.Exists(content))
            throw new StorageException($"Volume {volume.Vid} cannot be made: its source {volume.Source!.Vid} has no committed content");
        Discard(volume, files);
        Directory.CreateDirectory(files.Directory, VolumeFiles.DirectoryMode);
        FileCalls.Link(content, files.Clean);
        if (!volume.IsWritable)
            return new VolumeAttachment(volume, [new DiskLayer(files.Clean, Raw)], IsWritable: false);
        AddOverlay(files, Math.Max(volume.Size, FileFacts.Of(files.Clean)!.Length), durable: false);
        return Overlay(volume, files, files.Clean);
    }

    private VolumeFiles SourceOf(Volume volume) =>
        volume.Source is { } source && source.Pool.Configuration.Name == Configuration.Name
            ? FilesOf(source)
            : throw new StorageException($"Volume {volume.Vid} is a snapshot, and its source must be a volume of the same pool");

    private VolumeAttachment StartVolatile(Volume volume, VolumeFiles files)
    {
        Discard(volume, files);
        ImageFile.CreateSparse(files.Direct, volume.Size);
        return new VolumeAttachment(volume, [new DiskLayer(files.Direct, Raw)], volume.IsWritable) { IsEphemeral = volume.IsEphemeral };
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

    /// <summary>Deletes what an interrupted operation left.</summary>
    private void Tidy(Volume volume, VolumeFiles files)
    {
        if (!Directory.Exists(files.Directory))
            return;
        File.Delete(files.Unfinished);
        if (!imports.ContainsKey(volume.Vid))
            File.Delete(files.Import);
    }

    private void Discard(Volume volume, VolumeFiles files)
    {
        if (!Directory.Exists(files.Directory))
            return;
        Tidy(volume, files);
        File.Delete(files.Overlay);
        File.Delete(files.Direct);
        File.Delete(files.Clean);
        File.Delete(files.FrozenOverlay);
        File.Delete(files.FrozenDirect);
    }
}
