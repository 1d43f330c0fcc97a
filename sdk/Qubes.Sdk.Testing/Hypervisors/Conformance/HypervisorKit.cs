using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>
/// What every hypervisor driver must hold, checked with real machines; and for a driver with the capability <c>clone</c>
/// (<see cref="ICloningDriver"/>), what its copies must. A capability is worth nothing before it was proven on the host that uses it.
/// Rules end what they make and may run in any order, one after the other.
/// </summary>
/// <param name="host">Where the machines run; no machine runs there yet.</param>
/// <param name="probe">Looks into guests; null: there is nothing in them to look at.</param>
public sealed partial class HypervisorKit(IMachineHost host, IGuestProbe? probe)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // never waited for where the rule holds

    private int lastQube;

    /// <summary>Every rule that the driver must hold.</summary>
    public IReadOnlyList<HypervisorRule> Rules => host.Driver is ICloningDriver ? [.. LifeRules, .. CloneRules] : LifeRules;

    private IReadOnlyList<HypervisorRule> LifeRules =>
    [
        new("A machine is built stopped, boots, pauses, goes on and ends, and tells each", LivesAsync),
        new("A machine's number is never given again", CountsAsync),
        new("The next daemon takes over what runs and ends what was half made", AdoptsAsync),
        new("A machine whose memory can be changed follows, and does not have more to begin with than it was to", ChangesMemoryAsync),
        new("A machine that was to keep its memory, or can be frozen, keeps it", KeepsMemoryAsync),
    ];

    /// <summary>Checks all rules, one after the other.</summary>
    /// <exception cref="HypervisorRuleException">Some are broken; it names each, and why.</exception>
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
        await RemoveTemplateAsync(cancel).ConfigureAwait(false);
        if (broken.Count > 0)
            throw new HypervisorRuleException($"{broken.Count} of {Rules.Count} rules are broken:\n{string.Join('\n', broken)}");
    }

    /// <summary>A machine is built stopped, boots, pauses, goes on and ends, and tells each.</summary>
    public async Task LivesAsync(CancellationToken cancel)
    {
        var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false);
        var machine = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
        await using (machine.ConfigureAwait(false))
        {
            List<MachineState> told = [];
            machine.StateChanged += (_, state) => told.Add(state);
            Expect(
                machine.State == MachineState.Created && machine.QubeUuid == spec.Uuid && !machine.IsClone,
                "A new machine is the qube's, and created");
            await machine.BootAsync(cancel).ConfigureAwait(false);
            await machine.AcceptAsync(cancel).ConfigureAwait(false);
            await machine.PauseAsync(cancel).ConfigureAwait(false);
            Expect(machine.State == MachineState.Paused, "A machine is paused when pausing has returned");
            await machine.ResumeAsync(cancel).ConfigureAwait(false);
            var usage = await machine.MeasureAsync(cancel).ConfigureAwait(false);
            Expect(usage.MemoryKiB > 0, "A running machine uses memory");
            await machine.KillAsync(cancel).ConfigureAwait(false);
            await machine.KillAsync(cancel).ConfigureAwait(false);
            Expect(machine.Ended.IsCompletedSuccessfully, "A machine has ended when killing it has returned");
            Expect(
                told.SequenceEqual([MachineState.Running, MachineState.Paused, MachineState.Running, MachineState.Stopped]),
                $"A machine tells every state once, not {string.Join(", ", told)}");
            await RefusedAsync(() => machine.ResumeAsync(cancel), "Letting a machine go on that has ended").ConfigureAwait(false);
        }
    }

    /// <summary>A machine's number is never given again.</summary>
    public async Task CountsAsync(CancellationToken cancel)
    {
        List<int> numbers = [];
        for (var i = 0; i < 2; i++)
        {
            var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false);
            var machine = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
            numbers.Add(machine.Id);
            await EndAsync(machine, cancel).ConfigureAwait(false);
        }
        Expect(numbers[0] >= 1 && numbers[0] < numbers[1], "Numbers begin at 1 and go up");
    }

    /// <summary>The next daemon takes over what runs and ends what was half made.</summary>
    public async Task AdoptsAsync(CancellationToken cancel)
    {
        var (machine, _) = await BootAsync(isFreezable: false, cancel).ConfigureAwait(false);
        var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false);
        var halfMade = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
        var adopted = await RestartAsync(cancel, machine, halfMade).ConfigureAwait(false);
        Expect(adopted.Count == 1, $"One machine runs, and {adopted.Count} were taken over");
        Expect(
            (adopted[0].QubeUuid, adopted[0].Id, adopted[0].StartTime) == (machine.QubeUuid, machine.Id, machine.StartTime)
            && adopted[0].State == MachineState.Running,
            "A machine that was taken over is the one of before");
        await EndAsync(adopted[0], cancel).ConfigureAwait(false);
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
            throw new HypervisorRuleException(otherwise);
    }

    private static async Task RefusedAsync(Func<Task> operation, string what)
    {
        try
        {
            await operation().ConfigureAwait(false);
        }
        catch (QubesException e) when (!e.Message.Contains('\n', StringComparison.Ordinal) && e.Message.Length > 0)
        {
            return;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new HypervisorRuleException(
                $"{what} must be refused with one line of a {nameof(QubesException)}, not {e.GetType().Name}: {e.Message}", e);
        }
        throw new HypervisorRuleException($"{what} must be refused");
    }

    private static async Task EndAsync(IMachine machine, CancellationToken cancel)
    {
        await machine.KillAsync(cancel).ConfigureAwait(false);
        await machine.DisposeAsync().ConfigureAwait(false);
    }

    private string NewQube() => "kit" + Interlocked.Increment(ref lastQube).ToString("D");

    private async Task<(IMachine Machine, MachineSpec Spec)> BootAsync(bool isFreezable, CancellationToken cancel)
    {
        var spec = await host.DescribeAsync(NewQube(), cancel).ConfigureAwait(false) with { IsFreezable = isFreezable };
        var machine = await host.Driver.CreateAsync(spec, cancel).ConfigureAwait(false);
        await machine.BootAsync(cancel).ConfigureAwait(false);
        return (machine, spec);
    }

    /// <summary>The old daemon lets go of its machines; what the new one takes over.</summary>
    private async Task<IReadOnlyList<IMachine>> RestartAsync(CancellationToken cancel, params IMachine[] machines)
    {
        foreach (var machine in machines)
            await machine.DisposeAsync().ConfigureAwait(false);
        await host.RestartAsync(cancel).ConfigureAwait(false);
        return await host.Driver.AdoptAsync(cancel).ConfigureAwait(false);
    }
}
