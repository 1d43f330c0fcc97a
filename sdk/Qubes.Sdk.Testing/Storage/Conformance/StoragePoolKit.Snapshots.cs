namespace Qubes.Sdk.Testing.Storage.Conformance;

public sealed partial class StoragePoolKit
{
    /// <summary>A snapshot shows its source's content and keeps its changes to itself.</summary>
    public async Task IsolatesSnapshotsAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(8, cancel).ConfigureAwait(false);
        var (one, two) = (Snapshot(source), Snapshot(source));
        var first = await pool.StartAsync(one, cancel).ConfigureAwait(false);
        var second = await pool.StartAsync(two, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(first, 8, cancel).ConfigureAwait(false);
        await WriteAsync(first, 1, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(first, 1, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(second, 8, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(source, 8, Size, cancel).ConfigureAwait(false);
        Expect(!pool.IsDirty(one), "A snapshot is never dirty");

        await ExpectGuestReadsAsync(await pool.StartAsync(one, cancel).ConfigureAwait(false), 8, cancel).ConfigureAwait(false);
        foreach (var snapshot in (Sdk.Storage.Volume[])[one, two])
        {
            await pool.StopAsync(snapshot, cancel).ConfigureAwait(false);
            Expect(!pool.Vids().Contains(snapshot.Vid) && pool.Usage(snapshot) == 0, "Nothing of a snapshot may stay after its stop");
        }
        await RemoveAsync(cancel, source).ConfigureAwait(false);
    }

    /// <summary>A snapshot is outdated once its source commits, until it starts anew.</summary>
    public async Task OutdatesSnapshotsAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var snapshot = Snapshot(source);
        Expect(!pool.IsOutdated(snapshot), "A snapshot that is not started is not outdated");
        var started = await pool.StartAsync(snapshot, cancel).ConfigureAwait(false);
        var running = await pool.StartAsync(source, cancel).ConfigureAwait(false);
        await WriteAsync(running, 2, cancel).ConfigureAwait(false);
        Expect(!pool.IsOutdated(snapshot), "A snapshot is not outdated before its source commits");
        await pool.StopAsync(source, cancel).ConfigureAwait(false);
        Expect(pool.IsOutdated(snapshot), "A snapshot is outdated once its source has committed");
        await ExpectGuestReadsAsync(started, 1, cancel).ConfigureAwait(false);

        await pool.StopAsync(snapshot, cancel).ConfigureAwait(false);
        Expect(!pool.IsOutdated(snapshot), "A stopped snapshot is not outdated");
        await ExpectGuestReadsAsync(await pool.StartAsync(snapshot, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        Expect(!pool.IsOutdated(snapshot), "A snapshot that was started anew is not outdated");
        await RemoveAsync(cancel, snapshot, source).ConfigureAwait(false);
    }
}
