using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Keeps the ledger in step with the machines of qubes. Used on the kernel loop.</summary>
internal sealed class QubeGuests(Ledger ledger, Measuring measuring, IQubes qubes, IEventBus events) : IGuestMemoryListener
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<Guid, Guest> byQube = [];
    private readonly List<IDisposable> subscriptions = [];

    public void Start()
    {
        subscriptions.AddRange(
        [
            events.Subscribe<QubeSpawned>(e => TryFind(e.Qube, out _)),
            events.Subscribe<QubeStopped>(e => Remove(e.Qube)),
            events.Subscribe<QubePaused>(e => SetPaused(e.Qube, true)),
            events.Subscribe<QubeUnpaused>(e => SetPaused(e.Qube, false)),
        ]);
        foreach (var qube in qubes)
            TryFind(qube, out _);
    }

    /// <summary>The guest of a qube's machine, if it has one; its figures are begun with the first question.</summary>
    public bool TryFind(IQube qube, [NotNullWhen(true)] out Guest? guest)
    {
        guest = null;
        if (qube.Machine is not { State: not (MachineState.Stopped or MachineState.Crashed) } machine)
            return false;
        if (byQube.TryGetValue(qube.Uuid, out guest) && guest.Id == machine.Id)
            return true;
        Remove(qube);
        guest = Begin(qube, machine);
        byQube.Add(qube.Uuid, guest);
        ledger.Add(guest);
        measuring.Ask(guest);
        return true;
    }

    // spec: qmemman, section 8: the writer runs exactly where maxmem is above 0.
    public TimeSpan? IntervalOf(IQube qube) => qube.Machine is { } machine && MostOf(qube, machine) > 0 ? Interval : null;

    public void Reported(IQube qube, long usedBytes)
    {
        if (!TryFind(qube, out var guest))
            return;
        ledger.Say(guest, usedBytes);
        measuring.Ask(guest);
    }

    public void Stop()
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    private static Guest Begin(IQube qube, IMachine machine) =>
        new(qube.Name, machine.Id, MostOf(qube, machine), (long)qube.Properties.Get(QubeProperties.Memory) << 20)
        {
            Machine = machine,
            IsShared = machine.IsClone,
            IsPaused = machine.State == MachineState.Paused,
        };

    private static long MostOf(IQube qube, IMachine machine) =>
        Math.Min(machine.MostMemoryBytes, (long)qube.Properties.Get(QubeProperties.Maxmem) << 20);

    private void SetPaused(IQube qube, bool isPaused)
    {
        if (TryFind(qube, out var guest))
            ledger.Change(guest, g => g.IsPaused = isPaused);
    }

    private void Remove(IQube qube)
    {
        if (!byQube.Remove(qube.Uuid, out var guest))
            return;
        ledger.Remove(guest);
        measuring.Forget(guest);
    }
}
