using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

public sealed partial class HypervisorKit
{
    /// <summary>A template is there after the daemon's restart, and the same.</summary>
    public async Task KeepsTemplatesAsync(CancellationToken cancel)
    {
        var template = await TemplateAsync(cancel).ConfigureAwait(false);
        await RestartAsync(cancel).ConfigureAwait(false);
        Expect(Cloning.MemoryTemplates.Contains(template), "A template is listed by the next daemon as it was");
        var copy = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await ExpectWordsAsync(copy, FrozenWord, cancel).ConfigureAwait(false);
        await EndAsync(copy, cancel).ConfigureAwait(false);
    }

    /// <summary>A machine that cannot be frozen, or not under that key, is ended, and nothing is kept.</summary>
    public async Task RefusesToFreezeAsync(CancellationToken cancel)
    {
        await TemplateAsync(cancel).ConfigureAwait(false);
        foreach (var key in (string[])[OtherKey, Key, "no key"])
        {
            var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false) with { IsFreezable = true };
            var machine = await Cloning.CreateAsync(spec, cancel).ConfigureAwait(false);
            var isKept = false;
            await RefusedAsync(() => Cloning.FreezeAsync(machine, key, KeepAsync, cancel), "Freezing what does not run").ConfigureAwait(false);
            Expect(machine.Ended.IsCompleted && !isKept, "What is not frozen is ended, and its disks are not kept");
            await machine.DisposeAsync().ConfigureAwait(false);

            Task KeepAsync(CancellationToken token)
            {
                isKept = true;
                return Task.CompletedTask;
            }
        }
        Expect(Cloning.MemoryTemplates.Count(t => t.Key == Key || t.Key == OtherKey) == 1, "Nothing is kept of what was not frozen");
    }

    /// <summary>When the disks cannot be kept, nothing is, and the machine has ended.</summary>
    public async Task FreezesWholeAsync(CancellationToken cancel)
    {
        var (machine, _) = await BootAsync(isFreezable: true, cancel).ConfigureAwait(false);
        await RefusedAsync(
            () => Cloning.FreezeAsync(machine, OtherKey, _ => throw new Errors.StorageException("no space"), cancel),
            "Freezing a machine whose disks cannot be kept").ConfigureAwait(false);
        Expect(machine.Ended.IsCompleted, "A machine that could not be frozen has ended");
        Expect(Cloning.MemoryTemplates.All(t => t.Key != OtherKey), "A template without disks is not listed");
        await machine.DisposeAsync().ConfigureAwait(false);
        await RestartAsync(cancel).ConfigureAwait(false);
        Expect(Cloning.MemoryTemplates.All(t => t.Key != OtherKey), "A template without disks is not listed by the next daemon");
    }

    /// <summary>A template that is removed disturbs no copy that runs, and makes no new one.</summary>
    public async Task RemovesAsync(CancellationToken cancel)
    {
        var template = await TemplateAsync(cancel).ConfigureAwait(false);
        var copy = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await Cloning.RemoveAsync(Key, cancel).ConfigureAwait(false);
        await Cloning.RemoveAsync(Key, cancel).ConfigureAwait(false);
        Expect(Cloning.MemoryTemplates.All(t => t.Key != Key), "A template that was removed is not listed");
        await RefusedAsync(() => Cloning.ReserveAsync(template, prepared, CloneMemory.Shared, cancel), "Copying a template that is gone")
            .ConfigureAwait(false);
        await ExpectWordsAsync(copy, FrozenWord, cancel).ConfigureAwait(false);
        await WriteWordsAsync(copy, "writer", cancel).ConfigureAwait(false);
        await ExpectWordsAsync(copy, "writer", cancel).ConfigureAwait(false);
        await EndAsync(copy, cancel).ConfigureAwait(false);
    }
}
