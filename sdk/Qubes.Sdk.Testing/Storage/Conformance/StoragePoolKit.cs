using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

/// <summary>
/// What every storage driver must hold, checked against an opened pool of its own, on its real back end. Each rule is a
/// method that any test framework can call; <see cref="AllAsync"/> calls them all. Rules use volumes of their own and remove
/// them, so that they may run in any order, and at the same time.
/// </summary>
/// <param name="pool">Opened, empty or not; with <c>revisions_to_keep</c> as it likes.</param>
/// <param name="owner">Whose volumes they are; not used.</param>
/// <param name="disk">Uses started volumes; null: the pool keeps no bytes, so that they are not looked at.</param>
/// <param name="vid">The driver's vid of a qube's volume; null: <c>appvms/QUBE/VOLUME</c>.</param>
public sealed partial class StoragePoolKit(
    IStoragePool pool, IQube owner, IGuestDisk? disk, Func<string, string, string>? vid = null)
{
    private const long MiB = 1 << 20;
    private const long Size = 4 * MiB;
    private const long Written = 128 << 10;

    private int lastQube;

    /// <summary>Every rule; those of freezing only for a pool that can.</summary>
    public IReadOnlyList<StorageRule> Rules =>
    [
        new("A persistent volume is created once, empty and clean", CreatesOnceAsync),
        new("Nothing is allocated for volumes that are not persistent", AllocatesPersistentOnlyAsync),
        new("Removing takes everything and is quiet when nothing is there", RemovesEverythingAsync),
        new("What a guest writes is committed at stop and not before", CommitsAtStopAsync),
        new("A start over an unclean volume goes on with what was written", GoesOnAfterCrashAsync),
        new("Stopping is quiet for what is not started", StopsQuietlyAsync),
        new("What has no content does not start, and verifying says so", RefusesMissingContentAsync),
        new("A snapshot shows its source's content and keeps its changes to itself", IsolatesSnapshotsAsync),
        new("A snapshot is outdated once its source commits, until it starts anew", OutdatesSnapshotsAsync),
        new("A volatile volume is blank at each start", BlanksVolatileAsync),
        new("Operations on different volumes run at the same time", WorksConcurrentlyAsync),
        new("A cancelled operation leaves the old content", LeavesContentWhenCancelledAsync),
        new("A volume at rest becomes larger and smaller", ResizesAtRestAsync),
        new("A volume in use becomes larger and never smaller", ResizesInUseAsync),
        new("A read-only volume keeps its size", RefusesToResizeReadOnlyAsync),
        new("As many revisions are kept as asked for, oldest first", KeepsRevisionsAsync),
        new("With snapshots off a volume is used in place", UsesInPlaceAsync),
        new("Lowering the number of revisions and pruning deletes the oldest", PrunesAsync),
        new("Reverting exchanges the current content for a revision", RevertsAsync),
        new("Only a clean persistent volume is reverted, to a revision it has", RefusesToRevertAsync),
        new("A committed import is the content, in its size", CommitsImportsAsync),
        new("A forgotten import leaves nothing", ForgetsImportsAsync),
        new("One import at a time, into a clean persistent volume", RefusesImportsAsync),
        new("Exported content stays as it is until it is let go", HoldsExportsAsync),
        new("A clone has its source's committed content and size and goes its own way", ClonesAsync),
        new("A clone's target must be clean and persistent", RefusesToCloneAsync),
        .. pool is IFreezingPool ? FreezingRules : [],
    ];

    /// <summary>Checks all rules, one after the other.</summary>
    /// <exception cref="StorageRuleException">Some are broken; it names each, and why.</exception>
    public async Task AllAsync(CancellationToken cancel)
    {
        List<string> broken = [];
        foreach (var rule in Rules)
        {
            try
            {
                await rule.CheckAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                broken.Add($"{rule.Name}: {e.Message}"); // whatever a driver throws breaks the rule, and the others are still of interest
            }
        }
        if (broken.Count > 0)
            throw new StorageRuleException($"{broken.Count} of {Rules.Count} rules are broken:\n{string.Join('\n', broken)}");
    }

    private Volume Persistent(int keep = 1) => new()
    {
        Name = "private",
        Owner = owner,
        Pool = pool,
        Vid = NewVid("private"),
        Size = Size,
        SaveOnStop = true,
        OwnRevisionsToKeep = keep,
    };

    private Volume Snapshot(Volume source) => new()
    {
        Name = "root",
        Owner = owner,
        Pool = pool,
        Vid = NewVid("root"),
        Size = source.Size,
        SnapOnStart = true,
        Source = source,
    };

    private Volume Volatile() => new()
    {
        Name = "volatile",
        Owner = owner,
        Pool = pool,
        Vid = NewVid("volatile"),
        Size = Size,
        OwnEphemeral = false,
    };

    private string NewVid(string name)
    {
        var qube = "kit" + Interlocked.Increment(ref lastQube).ToString("D");
        return vid is null ? $"appvms/{qube}/{name}" : vid(qube, name);
    }

    /// <summary>A persistent volume that holds the byte at its start.</summary>
    private async Task<Volume> CommittedAsync(byte pattern, CancellationToken cancel, int keep = 1)
    {
        var volume = Persistent(keep);
        await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
        await CommitAsync(volume, pattern, cancel).ConfigureAwait(false);
        return volume;
    }

    private async Task CommitAsync(Volume volume, byte pattern, CancellationToken cancel)
    {
        await WriteAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), pattern, cancel).ConfigureAwait(false);
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
    }

    private async Task RemoveAsync(CancellationToken cancel, params Volume[] volumes)
    {
        foreach (var volume in volumes)
            await pool.RemoveAsync(volume, cancel).ConfigureAwait(false);
    }
}
