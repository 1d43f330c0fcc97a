using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

// Creating, starting, stopping and removing.
public sealed partial class StoragePoolKit
{
    /// <summary>A persistent volume is created once, empty and clean.</summary>
    public async Task CreatesOnceAsync(CancellationToken cancel)
    {
        var volume = Persistent();
        Expect(pool.Revision(volume) is null, "What was not created must have no committed content");
        await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => pool.CreateAsync(volume, cancel), "Creating a volume twice").ConfigureAwait(false);
        Expect(pool.Vids().Contains(volume.Vid), "A created volume must be listed");
        Expect(!pool.IsDirty(volume) && !pool.IsOutdated(volume), "A created volume must be neither dirty nor outdated");
        Expect(pool.Revision(volume) is not null, "A created volume must have committed content");
        Expect(pool.Revisions(volume).Count == 0, "A created volume must have no revisions");
        Expect(pool.PathOf(volume).Length > 0, "A created volume must be somewhere");
        await pool.VerifyAsync(volume, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 0, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Nothing is allocated for volumes that are not persistent.</summary>
    public async Task AllocatesPersistentOnlyAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        foreach (var volume in (Volume[])[Volatile(), Snapshot(source)])
        {
            await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
            Expect(!pool.Vids().Contains(volume.Vid) && pool.Usage(volume) == 0, $"{volume.Vid} must take no room before it starts");
            Expect(pool.Revision(volume) is null && pool.Revisions(volume).Count == 0, $"{volume.Vid} has no committed content");
        }
        await RemoveAsync(cancel, source).ConfigureAwait(false);
    }

    /// <summary>Removing takes everything and is quiet when nothing is there.</summary>
    public async Task RemovesEverythingAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        await pool.BeginImportAsync(volume, Size, cancel).ConfigureAwait(false);
        await pool.RemoveAsync(volume, cancel).ConfigureAwait(false);
        ExpectGone(volume);
        await pool.RemoveAsync(volume, cancel).ConfigureAwait(false);

        await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.Revisions(volume).Count == 0, "A volume that is created anew must not have revisions of the old one");
        await ExpectCommittedAsync(volume, 0, Size, cancel).ConfigureAwait(false);
        await WriteAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        await pool.RemoveAsync(volume, cancel).ConfigureAwait(false);
        ExpectGone(volume);
    }

    /// <summary>What a guest writes is committed at stop and not before.</summary>
    public async Task CommitsAtStopAsync(CancellationToken cancel)
    {
        var volume = Persistent();
        await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
        var before = pool.Revision(volume);
        var started = await pool.StartAsync(volume, cancel).ConfigureAwait(false);
        Expect(started is { IsWritable: true, IsPresent: true }, "A writable volume must start as one");
        await WriteAsync(started, 7, cancel).ConfigureAwait(false);
        Expect(pool.IsDirty(volume), "A volume in use must be dirty");
        Expect(pool.Revision(volume) == before, "The committed content must not change before the stop");
        await ExpectCommittedAsync(volume, 0, Size, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(started, 7, cancel).ConfigureAwait(false);

        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        Expect(!pool.IsDirty(volume), "A stopped volume must not be dirty");
        Expect(pool.Revision(volume) != before, "A commit must give the content another name");
        await ExpectCommittedAsync(volume, 7, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>A start over an unclean volume goes on with what was written.</summary>
    public async Task GoesOnAfterCrashAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        await WriteAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 1, Size, cancel).ConfigureAwait(false);
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 2, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Stopping is quiet for what is not started.</summary>
    public async Task StopsQuietlyAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var before = pool.Revision(source);
        foreach (var volume in (Volume[])[source, source, Persistent(), Snapshot(source), Volatile()])
            await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.Revision(source) == before, "Stopping what is not started must change nothing");
        await RemoveAsync(cancel, source).ConfigureAwait(false);
    }

    /// <summary>What has no content does not start, and verifying says so.</summary>
    public async Task RefusesMissingContentAsync(CancellationToken cancel)
    {
        var missing = Persistent();
        foreach (var volume in (Volume[])[missing, Snapshot(missing)])
        {
            await RefusedAsync<StorageException>(() => pool.StartAsync(volume, cancel), $"Starting {volume.Vid}").ConfigureAwait(false);
            await RefusedAsync<StorageException>(() => pool.VerifyAsync(volume, cancel), $"Verifying {volume.Vid}").ConfigureAwait(false);
        }
        await pool.VerifyAsync(Volatile(), cancel).ConfigureAwait(false);
    }

    /// <summary>A volatile volume is blank at each start.</summary>
    public async Task BlanksVolatileAsync(CancellationToken cancel)
    {
        var volume = Volatile();
        for (var i = 0; i < 2; i++) // the second over one that was not stopped
        {
            var started = await pool.StartAsync(volume, cancel).ConfigureAwait(false);
            await ExpectGuestReadsAsync(started, 0, cancel).ConfigureAwait(false);
            await WriteAsync(started, 4, cancel).ConfigureAwait(false);
            Expect(!pool.IsDirty(volume), "A volatile volume is never dirty");
        }
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        Expect(!pool.Vids().Contains(volume.Vid), "Nothing of a volatile volume may stay after its stop");
    }

    /// <summary>Operations on different volumes run at the same time.</summary>
    public Task WorksConcurrentlyAsync(CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(1, 6).Select(async i =>
        {
            var volume = await CommittedAsync((byte)i, cancel).ConfigureAwait(false);
            await ExpectCommittedAsync(volume, (byte)i, Size, cancel).ConfigureAwait(false);
            await RemoveAsync(cancel, volume).ConfigureAwait(false);
        }));

    /// <summary>A cancelled operation leaves the old content.</summary>
    public async Task LeavesContentWhenCancelledAsync(CancellationToken cancel)
    {
        var (volume, other) = (await CommittedAsync(1, cancel).ConfigureAwait(false), await CommittedAsync(2, cancel).ConfigureAwait(false));
        var before = pool.Revision(volume);
        var cancelled = new CancellationToken(canceled: true);
        foreach (var operation in (Func<Task>[])[
            () => pool.ResizeAsync(volume, 2 * Size, cancelled),
            () => pool.CloneAsync(volume, other, cancelled),
            () => pool.BeginImportAsync(volume, Size, cancelled),
            () => pool.RevertAsync(volume, pool.Revisions(volume)[0].Id, cancelled)])
        {
            try
            {
                await operation().ConfigureAwait(false);
                throw new StorageRuleException("A cancelled operation must not say that it is done");
            }
            catch (OperationCanceledException)
            {
                Expect(pool.Revision(volume) == before, "A cancelled operation must leave the content");
            }
        }
        await ExpectCommittedAsync(volume, 1, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume, other).ConfigureAwait(false);
    }

    private void ExpectGone(Volume volume)
    {
        Expect(!pool.Vids().Contains(volume.Vid), "A removed volume must not be listed");
        Expect(pool.Usage(volume) == 0 && pool.Revision(volume) is null, "Nothing of a removed volume may stay");
        Expect(!pool.IsDirty(volume) && pool.Revisions(volume).Count == 0, "A removed volume is not dirty and has no revisions");
    }
}
