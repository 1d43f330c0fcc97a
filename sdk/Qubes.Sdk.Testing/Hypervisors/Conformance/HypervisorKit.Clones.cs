using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

public sealed partial class HypervisorKit
{
    private const string FrozenWord = "frozen";
    private static readonly string Key = new('a', 64);
    private static readonly string OtherKey = new('b', 64);

    private IReadOnlyList<HypervisorRule> CloneRules =>
    [
        new("A key names what machine and copy must have in common, and neither name nor UUID", NamesAsync),
        new("A copy goes on with the frozen memory and disks, and its own numbers", CopiesAsync),
        new("What a copy writes is seen by neither its sibling nor the next copy", IsolatesAsync),
        new("A copy with memory of its own is like any other", CopiesPrivatelyAsync),
        new("A reserved machine whose process ends is lost", LosesAsync),
        new("A reserved machine is taken once, and by nobody when it was given up", TakesOnceAsync),
        new("A reserved machine that has run ahead becomes the qube's like any other, and what it did is its own", RehearsesAsync),
        new("A copy differs from the frozen machine in nothing that its guest sees", ComparesAsync),
        new("Copies that were accepted are taken over by the next daemon, others and reserves are ended", AdoptsCopiesAsync),
        new("A template is there after the daemon's restart, and the same", KeepsTemplatesAsync),
        new("A machine that cannot be frozen, or not under that key, is ended, and nothing is kept", RefusesToFreezeAsync),
        new("When the disks cannot be kept, nothing is, and the machine has ended", FreezesWholeAsync),
        new("A template that is removed disturbs no copy that runs, and makes no new one", RemovesAsync),
    ];

    private ICloningDriver Cloning => (ICloningDriver)host.Driver;

    /// <summary>A key names what machine and copy must have in common, and neither name nor UUID.</summary>
    public async Task NamesAsync(CancellationToken cancel)
    {
        var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false) with { IsFreezable = true };
        var key = await Cloning.KeyOfAsync(spec, cancel).ConfigureAwait(false);
        Expect(key.Length == 64 && key.All(char.IsAsciiHexDigitLower), "A key has 64 hexadecimal digits, in lower case");
        await ExpectKeyAsync(spec with { Name = "other", Uuid = Guid.NewGuid() }, isSame: true, "name and UUID").ConfigureAwait(false);
        await ExpectKeyAsync(spec with { MemoryMiB = spec.MemoryMiB + 1 }, isSame: false, "memory").ConfigureAwait(false);
        await ExpectKeyAsync(spec with { Vcpus = spec.Vcpus + 1 }, isSame: false, "processors").ConfigureAwait(false);
        await ExpectKeyAsync(spec with { KernelOptions = "kit.option=1" }, isSame: false, "kernel options").ConfigureAwait(false);

        async Task ExpectKeyAsync(MachineSpec other, bool isSame, string what) => Expect(
            await Cloning.KeyOfAsync(other, cancel).ConfigureAwait(false) == key == isSame,
            $"Machines with other {what} have {(isSame ? "the same key" : "different keys")}");
    }

    /// <summary>A copy goes on with the frozen memory and disks, and its own numbers.</summary>
    public async Task CopiesAsync(CancellationToken cancel)
    {
        var first = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        var second = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        Expect(first.Id != second.Id && first.QubeUuid != second.QubeUuid, "Copies have numbers and qubes of their own");
        foreach (var copy in (IMachine[])[first, second])
        {
            Expect(copy is { IsClone: true, State: MachineState.Running }, "A copy that goes on is a running clone");
            await ExpectWordsAsync(copy, FrozenWord, cancel).ConfigureAwait(false);
            await copy.PauseAsync(cancel).ConfigureAwait(false);
            await copy.ResumeAsync(cancel).ConfigureAwait(false);
            await EndAsync(copy, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What a copy writes is seen by neither its sibling nor the next copy.</summary>
    public async Task IsolatesAsync(CancellationToken cancel)
    {
        var sibling = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        var writer = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await WriteWordsAsync(writer, "writer", cancel).ConfigureAwait(false);
        await ExpectWordsAsync(writer, "writer", cancel).ConfigureAwait(false);
        await ExpectWordsAsync(sibling, FrozenWord, cancel).ConfigureAwait(false);
        await EndAsync(writer, cancel).ConfigureAwait(false);
        var next = await CopyAsync(CloneMemory.Shared, cancel).ConfigureAwait(false);
        await ExpectWordsAsync(next, FrozenWord, cancel).ConfigureAwait(false);
        await EndAsync(sibling, cancel).ConfigureAwait(false);
        await EndAsync(next, cancel).ConfigureAwait(false);
    }

    /// <summary>A copy with memory of its own is like any other.</summary>
    public async Task CopiesPrivatelyAsync(CancellationToken cancel)
    {
        var writer = await CopyAsync(CloneMemory.Private, cancel).ConfigureAwait(false);
        await ExpectWordsAsync(writer, FrozenWord, cancel).ConfigureAwait(false);
        await WriteWordsAsync(writer, "writer", cancel).ConfigureAwait(false);
        await EndAsync(writer, cancel).ConfigureAwait(false);
        var next = await CopyAsync(CloneMemory.Private, cancel).ConfigureAwait(false);
        await ExpectWordsAsync(next, FrozenWord, cancel).ConfigureAwait(false);
        await EndAsync(next, cancel).ConfigureAwait(false);
    }

    private async Task<MemoryTemplate> TemplateAsync(CancellationToken cancel)
    {
        if (Cloning.MemoryTemplates.FirstOrDefault(t => t.Key == Key) is { } known)
            return known;
        var (machine, spec) = await BootAsync(isFreezable: true, cancel).ConfigureAwait(false);
        await WriteWordsAsync(machine, FrozenWord, cancel).ConfigureAwait(false);
        var kept = 0;
        var template = await Cloning.FreezeAsync(machine, Key, KeepAsync, cancel).ConfigureAwait(false);
        Expect(kept == 1, $"A frozen machine's disks are kept once, not {kept} times");
        Expect(machine.Ended.IsCompletedSuccessfully && machine.State == MachineState.Stopped, "A frozen machine has ended, cleanly");
        Expect(template is { MemoryBytes: > 0, DiskBytes: > 0 } && template.Key == Key, "A template says what it is and takes");
        Expect(Cloning.MemoryTemplates.Contains(template), "A template that was made is listed");
        await machine.DisposeAsync().ConfigureAwait(false);
        return template;

        async Task KeepAsync(CancellationToken token)
        {
            kept++;
            Expect(Cloning.MemoryTemplates.All(t => t.Key != Key), "A half-made template is not listed");
            await host.KeepDisksAsync(spec, Key, token).ConfigureAwait(false);
        }
    }

    private async Task RemoveTemplateAsync(CancellationToken cancel)
    {
        if (host.Driver is ICloningDriver driver)
            await driver.RemoveAsync(Key, cancel).ConfigureAwait(false);
    }

    private async Task<IReservedMachine> ReserveAsync(CloneMemory memory, CancellationToken cancel)
    {
        var template = await TemplateAsync(cancel).ConfigureAwait(false);
        prepared = await host.PrepareDisksAsync(Key, cancel).ConfigureAwait(false);
        return await Cloning.ReserveAsync(template, prepared, memory, cancel).ConfigureAwait(false);
    }

    /// <summary>What the reserved machine that was made last becomes.</summary>
    private async Task<MachineSpec> DescribeCopyAsync(CancellationToken cancel)
    {
        var qube = NewQube();
        var spec = await host.DescribeAsync(qube, cancel).ConfigureAwait(false);
        return spec with { Volumes = await host.TakeDisksAsync(qube, prepared, cancel).ConfigureAwait(false) };
    }

    private async Task<IMachine> CopyAsync(CloneMemory memory, CancellationToken cancel)
    {
        var reserved = await ReserveAsync(memory, cancel).ConfigureAwait(false);
        await using (reserved.ConfigureAwait(false))
        {
            var spec = await DescribeCopyAsync(cancel).ConfigureAwait(false);
            var copy = await reserved.RestoreAsync(spec with { MostMemoryMiB = 2 * spec.MemoryMiB }, cancel).ConfigureAwait(false);
            Expect(copy is { IsClone: true, State: MachineState.Created } && copy.QubeUuid == spec.Uuid, "A copy is the qube's clone, created");
            Expect(copy.MostMemoryBytes == 0, "A copy's memory cannot be changed");
            await copy.BootAsync(cancel).ConfigureAwait(false);
            return copy; // which disposing of the reserved machine must not end
        }
    }

    private async Task WriteWordsAsync(IMachine machine, string word, CancellationToken cancel)
    {
        if (probe is null)
            return;
        await probe.WriteAsync(machine, GuestPlace.Memory, word, cancel).ConfigureAwait(false);
        if (probe.HasDisk)
            await probe.WriteAsync(machine, GuestPlace.Disk, word, cancel).ConfigureAwait(false);
    }

    private async Task ExpectWordsAsync(IMachine machine, string word, CancellationToken cancel)
    {
        if (probe is null)
            return;
        foreach (var place in probe.HasDisk ? (GuestPlace[])[GuestPlace.Memory, GuestPlace.Disk] : [GuestPlace.Memory])
        {
            var found = await probe.ReadAsync(machine, place, cancel).ConfigureAwait(false);
            Expect(found == word, $"The guest's {place} should hold '{word}', not '{found}'");
        }
    }
}
