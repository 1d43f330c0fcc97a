using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>What is done to a qube's volumes besides starting and stopping them (spec: storage, section 2.1).</summary>
internal sealed class VolumeOperations(QubeRegistry qubes, KernelContext context) : IVolumes
{
    // What a volume's size becomes when its import ends well.
    private readonly Dictionary<Volume, long> importSizes = [];

    public async Task ResizeAsync(Volume volume, long size, CancellationToken cancel)
    {
        await volume.Pool.ResizeAsync(volume, size, cancel);
        volume.Size = size;
        if (volume.Owner.Machine is { } machine)
            await machine.ResizeDiskAsync(volume, size, cancel);
        if (volume.Owner.PowerState == PowerState.Running)
            await TellGuestAsync(volume, cancel);
    }

    public async Task RevertAsync(Volume volume, string revision, CancellationToken cancel) =>
        volume.Size = await volume.Pool.RevertAsync(volume, revision, cancel);

    public async Task SetRevisionsToKeepAsync(Volume volume, int revisions, CancellationToken cancel)
    {
        if (revisions < -1)
            throw new InvalidValueException($"revisions_to_keep is -1 (no snapshots) or more, not {revisions}");
        if (revisions < 0 != volume.RevisionsToKeep < 0)
            RequireUnused(volume);
        volume.OwnRevisionsToKeep = revisions;
        await volume.Pool.PruneRevisionsAsync(volume, cancel);
    }

    public void SetWritable(Volume volume, bool isWritable)
    {
        RequireHalted(volume.Owner);
        if (isWritable && volume is { IsVolatile: true, Name: "kernel" })
            throw new InvalidValueException("The kernel volume is shared by qubes and cannot be made writable");
        volume.IsWritable = isWritable;
    }

    public void SetEphemeral(Volume volume, bool isEphemeral)
    {
        if (isEphemeral && (!volume.IsVolatile || !volume.IsWritable))
            throw new InvalidValueException($"Volume {volume} cannot be ephemeral: only writable volumes can that are neither saved nor snapshots");
        volume.OwnEphemeral = isEphemeral;
    }

    public async Task ClearAsync(Volume volume, CancellationToken cancel)
    {
        await BeginImportAsync(volume, size: null, cancel);
        await EndImportAsync(volume, success: true, cancel);
    }

    public async Task CloneAsync(Volume volume, Volume source, CancellationToken cancel)
    {
        if (source.HasSnapshotsOff && source.Owner.PowerState != PowerState.Halted)
            throw new StorageException($"Volume {source} has snapshots off and its qube runs: shut that down before the volume is copied");
        await volume.Pool.CloneAsync(volume, source, cancel);
        volume.Size = source.Size;
        await context.Events.FireAsync(new VolumeImported(volume.Owner, volume.Name, source.Owner), CancellationToken.None);
    }

    public async Task<string> BeginImportAsync(Volume volume, long? size, CancellationToken cancel)
    {
        RequireHalted(volume.Owner);
        var path = await volume.Pool.BeginImportAsync(volume, size ?? volume.Size, cancel);
        context.Events.Fire(new VolumeImportBegun(volume.Owner, volume.Name, size));
        importSizes[volume] = size ?? volume.Size;
        return path;
    }

    public async Task EndImportAsync(Volume volume, bool success, CancellationToken cancel)
    {
        var isDone = false;
        try
        {
            await volume.Pool.EndImportAsync(volume, success, cancel);
            isDone = success;
        }
        finally
        {
            importSizes.Remove(volume, out var size);
            if (isDone)
                volume.Size = size;
            context.Events.Fire(new VolumeImportEnded(volume.Owner, volume.Name, isDone));
        }
    }

    private async Task TellGuestAsync(Volume volume, CancellationToken cancel)
    {
        foreach (var services in context.Extensions.All<IGuestServices>())
        {
            var result = await services.CallAsync(
                volume.Owner, "qubes.ResizeDisk", "root", Encoding.ASCII.GetBytes(volume.Name + "\n"), cancel);
            if (result.ExitCode != 0)
                throw new StorageException(
                    $"Volume {volume} has its new size, but '{volume.Owner}' could not grow its file system: qubes.ResizeDisk ended with {result.ExitCode}");
        }
    }

    // Its own qube, and for a disposable template the disposables of it.
    private void RequireUnused(Volume volume)
    {
        RequireHalted(volume.Owner);
        foreach (var disposable in qubes.Machines.Where(q => q.Class == QubeClass.DispVM && q.Template == volume.Owner))
            RequireHalted(disposable);
    }

    private static void RequireHalted(IQube qube)
    {
        if (qube.PowerState != PowerState.Halted)
            throw new QubeNotHaltedException($"Domain is not powered off: '{qube.Name}'");
    }
}
