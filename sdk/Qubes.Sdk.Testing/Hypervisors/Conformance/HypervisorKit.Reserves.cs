using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

public sealed partial class HypervisorKit
{
    private IReadOnlyList<PreparedVolume> prepared = []; // of the reserved machine that was made last

    /// <summary>A reserved machine whose process ends is lost.</summary>
    public async Task LosesAsync(CancellationToken cancel)
    {
        var reserved = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await using (reserved.ConfigureAwait(false))
        {
            Expect(!reserved.Lost.IsCompleted, "A reserved machine that lives is not lost");
            await host.EndProcessAsync(reserved, cancel).ConfigureAwait(false);
            await reserved.Lost.WaitAsync(Patience, cancel).ConfigureAwait(false);
            var spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
            await RefusedAsync(() => reserved.RestoreAsync(spec, cancel), "Restoring a machine that is lost").ConfigureAwait(false);
        }
    }

    /// <summary>A reserved machine is taken once, and by nobody when it was given up.</summary>
    public async Task TakesOnceAsync(CancellationToken cancel)
    {
        var reserved = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        var spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
        var copy = await reserved.RestoreAsync(spec, cancel).ConfigureAwait(false);
        var other = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false) with { Volumes = spec.Volumes };
        await RefusedAsync(() => reserved.RestoreAsync(other, cancel), "Restoring a machine twice").ConfigureAwait(false);
        await reserved.DisposeAsync().ConfigureAwait(false);
        Expect(!copy.Ended.IsCompleted && !reserved.Lost.IsCompleted, "A machine that was taken is nobody else's to end");
        await EndAsync(copy, cancel).ConfigureAwait(false);

        reserved = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
        await reserved.DisposeAsync().ConfigureAwait(false);
        await RefusedAsync(() => reserved.RestoreAsync(spec, cancel), "Restoring a machine that was given up").ConfigureAwait(false);
    }

    /// <summary>A reserved machine that has run ahead becomes the qube's like any other, and what it did is its own.</summary>
    public async Task RehearsesAsync(CancellationToken cancel)
    {
        const string word = "played";
        var reserved = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await using (reserved.ConfigureAwait(false))
        {
            var ran = 0;
            var hasRun = await reserved.RehearseAsync(ActAsync, cancel).ConfigureAwait(false);
            Expect(ran == (hasRun ? 1 : 0), $"A machine that says that it ran ahead ({hasRun}) ran {ran} times");
            var spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
            var copy = await reserved.RestoreAsync(spec, cancel).ConfigureAwait(false);
            Expect(copy is { IsClone: true, State: MachineState.Created } && copy.QubeUuid == spec.Uuid, "It is the qube's clone, created");
            await copy.BootAsync(cancel).ConfigureAwait(false);
            await ExpectWordsAsync(copy, hasRun ? word : FrozenWord, cancel).ConfigureAwait(false);
            await EndAsync(copy, cancel).ConfigureAwait(false);
            var next = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
            await ExpectWordsAsync(next, FrozenWord, cancel).ConfigureAwait(false);
            await EndAsync(next, cancel).ConfigureAwait(false);

            async Task ActAsync(IMachine machine, CancellationToken token)
            {
                ran++;
                Expect(machine is { IsClone: true, State: MachineState.Running }, "A machine that runs ahead is a running clone");
                await WriteWordsAsync(machine, word, token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A copy differs from the frozen machine in nothing that its guest sees.</summary>
    public async Task ComparesAsync(CancellationToken cancel)
    {
        var reserved = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await using (reserved.ConfigureAwait(false))
        {
            var spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
            await RefusedAsync(
                () => reserved.RestoreAsync(spec with { MemoryMiB = 2 * spec.MemoryMiB }, cancel), "A copy with more memory").ConfigureAwait(false);
            await reserved.Lost.WaitAsync(Patience, cancel).ConfigureAwait(false); // on failure nothing stays
        }
    }

    /// <summary>Copies that were accepted are taken over by the next daemon, others and reserves are ended.</summary>
    public async Task AdoptsCopiesAsync(CancellationToken cancel)
    {
        var accepted = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await accepted.AcceptAsync(cancel).ConfigureAwait(false);
        await accepted.AcceptAsync(cancel).ConfigureAwait(false);
        var waiting = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        _ = await ReserveAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        var adopted = await RestartAsync(cancel, accepted, waiting).ConfigureAwait(false);
        Expect(adopted.Count == 1, $"One copy was accepted, and {adopted.Count} machines were taken over");
        Expect(adopted[0] is { IsClone: true, State: MachineState.Running } && adopted[0].QubeUuid == accepted.QubeUuid, "It is the one");
        await ExpectWordsAsync(adopted[0], FrozenWord, cancel).ConfigureAwait(false);
        await EndAsync(adopted[0], cancel).ConfigureAwait(false);
    }
}
