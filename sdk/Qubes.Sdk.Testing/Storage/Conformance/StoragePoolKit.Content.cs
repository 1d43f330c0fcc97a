using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Testing.Storage.Conformance;

// Imports, exports, clones.
public sealed partial class StoragePoolKit
{
    /// <summary>A committed import is the content, in its size.</summary>
    public async Task CommitsImportsAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var before = pool.Revision(volume);
        foreach (var size in (long[])[2 * Size, MiB, Size])
        {
            var path = await pool.BeginImportAsync(volume, size, cancel).ConfigureAwait(false);
            await ExpectCommittedAsync(volume, 1, volume.Size, cancel).ConfigureAwait(false);
            Fill(path, 1);
            await pool.EndImportAsync(volume, commit: true, cancel).ConfigureAwait(false);
            volume.Size = size;
            await ExpectCommittedAsync(volume, 1, size, cancel).ConfigureAwait(false);
        }
        Expect(pool.Revision(volume) != before, "An import must give the content another name");
        Expect(pool.Revisions(volume).Count == 1, "An import must keep the old content as a revision");

        await pool.BeginImportAsync(volume, Size, cancel).ConfigureAwait(false);
        await pool.EndImportAsync(volume, commit: true, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 0, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>A forgotten import leaves nothing.</summary>
    public async Task ForgetsImportsAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var (before, usage) = (pool.Revision(volume), pool.Usage(volume));
        Fill(await pool.BeginImportAsync(volume, Size, cancel).ConfigureAwait(false), 9);
        await pool.EndImportAsync(volume, commit: false, cancel).ConfigureAwait(false);
        Expect(pool.Revision(volume) == before && pool.Usage(volume) == usage, "Nothing may stay of an import that was forgotten");
        await ExpectCommittedAsync(volume, 1, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>One import at a time, into a clean persistent volume.</summary>
    public async Task RefusesImportsAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.EndImportAsync(volume, commit: true, cancel), "Ending an import that was not begun").ConfigureAwait(false);
        await pool.BeginImportAsync(volume, Size, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.BeginImportAsync(volume, Size, cancel), "A second import").ConfigureAwait(false);
        await pool.EndImportAsync(volume, commit: false, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.EndImportAsync(volume, commit: false, cancel), "Ending an import twice").ConfigureAwait(false);

        foreach (var other in (Sdk.Storage.Volume[])[Volatile(), Snapshot(volume)])
        {
            await RefusedAsync<StorageException>(
                () => pool.BeginImportAsync(other, Size, cancel), $"An import to {other.Vid}").ConfigureAwait(false);
        }
        await pool.StartAsync(volume, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.BeginImportAsync(volume, Size, cancel), "An import to a volume in use").ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Exported content stays as it is until it is let go.</summary>
    public async Task HoldsExportsAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel, keep: 0).ConfigureAwait(false);
        await using (var export = await pool.ExportAsync(volume, cancel).ConfigureAwait(false))
        {
            for (byte i = 2; i <= 3; i++)
                await CommitAsync(volume, i, cancel).ConfigureAwait(false);
            ExpectContent(export, volume, 1, Size);
        }
        await ExpectCommittedAsync(volume, 3, Size, cancel).ConfigureAwait(false);
        foreach (var other in (Sdk.Storage.Volume[])[Volatile(), Snapshot(volume), Persistent()])
        {
            await RefusedAsync<StorageException>(
                () => pool.ExportAsync(other, cancel), $"Handing out {other.Vid}").ConfigureAwait(false);
        }
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>A clone has its source's committed content and size and goes its own way.</summary>
    public async Task ClonesAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        await ResizeAsync(source, 2 * Size, cancel).ConfigureAwait(false);
        var clone = await CommittedAsync(2, cancel).ConfigureAwait(false);
        await WriteAsync(await pool.StartAsync(source, cancel).ConfigureAwait(false), 3, cancel).ConfigureAwait(false);
        await pool.CloneAsync(clone, source, cancel).ConfigureAwait(false);
        clone.Size = source.Size;
        await ExpectCommittedAsync(clone, 1, 2 * Size, cancel).ConfigureAwait(false);
        await pool.StopAsync(source, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(clone, 1, 2 * Size, cancel).ConfigureAwait(false);
        await CommitAsync(clone, 4, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(source, 3, 2 * Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, source).ConfigureAwait(false);
        await ExpectCommittedAsync(clone, 4, 2 * Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, clone).ConfigureAwait(false);
    }

    /// <summary>A clone's target must be clean and persistent.</summary>
    public async Task RefusesToCloneAsync(CancellationToken cancel)
    {
        var (source, target) = (await CommittedAsync(1, cancel).ConfigureAwait(false), await CommittedAsync(2, cancel).ConfigureAwait(false));
        var before = pool.Revision(target);
        await pool.CloneAsync(Volatile(), source, cancel).ConfigureAwait(false);
        await pool.CloneAsync(target, Snapshot(source), cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.CloneAsync(target, Persistent(), cancel), "Cloning what does not exist").ConfigureAwait(false);
        await pool.BeginImportAsync(target, Size, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.CloneAsync(target, source, cancel), "Cloning to a volume that is imported to").ConfigureAwait(false);
        await pool.EndImportAsync(target, commit: false, cancel).ConfigureAwait(false);
        await pool.StartAsync(target, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.CloneAsync(target, source, cancel), "Cloning to a volume in use").ConfigureAwait(false);
        Expect(pool.Revision(target) == before, "What refuses a clone must keep its content");
        await RemoveAsync(cancel, source, target).ConfigureAwait(false);
    }

    private static void Fill(string path, byte pattern)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, Enumerable.Repeat(pattern, (int)Written).ToArray(), 0);
    }
}
