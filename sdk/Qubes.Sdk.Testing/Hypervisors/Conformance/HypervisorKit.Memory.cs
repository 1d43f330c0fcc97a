using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

public sealed partial class HypervisorKit
{
    private const int MostMoments = 3000; // never needed where the rule holds

    /// <summary>A machine whose memory can be changed follows, and does not have more to begin with than it was to.</summary>
    public async Task ChangesMemoryAsync(CancellationToken cancel)
    {
        var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false);
        spec = spec with { MostMemoryMiB = 2 * spec.MemoryMiB };
        var machine = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
        await machine.BootAsync(cancel).ConfigureAwait(false);
        if (machine.MostMemoryBytes == 0)
        {
            await RefusedAsync(() => machine.SetMemoryAsync(1, cancel), "Changing memory that cannot be changed").ConfigureAwait(false);
            await EndAsync(machine, cancel).ConfigureAwait(false);
            return;
        }

        var (least, most) = ((long)spec.MemoryMiB << 20, (long)spec.MostMemoryMiB << 20);
        Expect(machine.MostMemoryBytes == most, $"A machine for {most} bytes says that it can have {machine.MostMemoryBytes}");
        await FollowsAsync(machine, least, cancel).ConfigureAwait(false);
        await machine.SetMemoryAsync(most, cancel).ConfigureAwait(false);
        await FollowsAsync(machine, most, cancel).ConfigureAwait(false);
        await RefusedAsync(() => machine.SetMemoryAsync(most + 1, cancel), "More memory than a machine can have").ConfigureAwait(false);
        await RefusedAsync(() => machine.SetMemoryAsync(0, cancel), "No memory at all").ConfigureAwait(false);
        await machine.SetMemoryAsync(least, cancel).ConfigureAwait(false);
        await FollowsAsync(machine, least, cancel).ConfigureAwait(false);

        var adopted = await RestartAsync(cancel, machine).ConfigureAwait(false);
        Expect(adopted is [{ MostMemoryBytes: var known }] && known == most, "A machine that was taken over can have as much as before");
        await adopted[0].SetMemoryAsync(most, cancel).ConfigureAwait(false);
        await FollowsAsync(adopted[0], most, cancel).ConfigureAwait(false);
        await EndAsync(adopted[0], cancel).ConfigureAwait(false);
        await RefusedAsync(() => adopted[0].SetMemoryAsync(least, cancel), "Changing the memory of a machine that has ended").ConfigureAwait(false);
    }

    /// <summary>A machine that was to keep its memory, or can be frozen, keeps it.</summary>
    public async Task KeepsMemoryAsync(CancellationToken cancel)
    {
        foreach (var isFreezable in host.Driver is ICloningDriver ? (bool[])[false, true] : [false])
        {
            var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false);
            spec = spec with { IsFreezable = isFreezable, MostMemoryMiB = isFreezable ? 2 * spec.MemoryMiB : spec.MemoryMiB };
            var machine = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
            await machine.BootAsync(cancel).ConfigureAwait(false);
            Expect(machine.MostMemoryBytes == 0, "The memory of such a machine cannot be changed");
            await RefusedAsync(() => machine.SetMemoryAsync(1, cancel), "Changing it").ConfigureAwait(false);
            var usage = await machine.MeasureAsync(cancel).ConfigureAwait(false);
            Expect(usage.MemoryKiB == spec.MemoryMiB << 10, $"It has {usage.MemoryKiB} KiB, not {spec.MemoryMiB} MiB");
            await EndAsync(machine, cancel).ConfigureAwait(false);
        }
    }

    private async Task FollowsAsync(IMachine machine, long bytes, CancellationToken cancel)
    {
        long has = 0;
        for (var moments = 0; moments < MostMoments; moments++)
        {
            has = (await machine.MeasureAsync(cancel).ConfigureAwait(false)).MemoryKiB << 10;
            if (has == bytes)
                return;
            await host.PassAsync(cancel).ConfigureAwait(false);
        }
        throw new HypervisorRuleException($"A guest with {has} bytes of memory did not follow the order to have {bytes}");
    }
}
