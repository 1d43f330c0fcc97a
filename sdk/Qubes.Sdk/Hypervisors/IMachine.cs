using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Hypervisors;

/// <summary>
/// A machine that a driver built. Its process is detached from the daemon and outlives it; disposing of the object lets go
/// of the process without ending it. Members may be used from any thread.
/// </summary>
public interface IMachine : IAsyncDisposable
{
    /// <summary>Which qube it runs.</summary>
    Guid QubeUuid { get; }

    /// <summary>The domain id (<c>xid</c>): at least 1, never given twice by one state directory between two boots of the host.</summary>
    int Id { get; }

    /// <summary>When it was started; survives re-adoption.</summary>
    DateTimeOffset StartTime { get; }

    /// <summary>The state last known.</summary>
    MachineState State { get; }

    /// <summary>Raised after every change of <see cref="State"/>, in order, on any thread.</summary>
    event Action<IMachine, MachineState>? StateChanged;

    /// <summary>Completes when the machine has ended and its runtime files are gone; never faults.</summary>
    Task Ended { get; }

    /// <summary>
    /// The Unix socket behind the guest's agent port. One named <c>vchan.ID.0.512.sock</c> is the control vchan of an agent that
    /// speaks qrexec over Unix-socket vchans in that directory (spec: qrexec protocol, section 1), not over our link.
    /// </summary>
    string AgentSocketPath { get; }

    /// <summary>
    /// Lets the processors go for the first time and returns when the guest's user space is up: its agent has opened its
    /// port, where one is expected. A boot that hangs is ended and tried once more, and that is logged. A copy goes on where the
    /// frozen machine was, and nothing is waited for.
    /// </summary>
    /// <exception cref="QubeException">It did not come up within the deadline, twice, or the machine ended.</exception>
    Task BootAsync(CancellationToken cancel);

    /// <summary>It is a copy of a frozen machine (<see cref="ICloningDriver"/>).</summary>
    bool IsClone => false;

    /// <summary>
    /// The kernel has made sure that a copy has an identity of its own: from now on the next daemon may take it over. Until then a
    /// daemon that finds it ends it. Nothing for other machines.
    /// </summary>
    /// <exception cref="QubeException">The machine has ended.</exception>
    Task AcceptAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Stops the processors.</summary>
    /// <exception cref="QubeException">The machine has ended or does not answer.</exception>
    Task PauseAsync(CancellationToken cancel);

    /// <summary>Lets them go on.</summary>
    /// <exception cref="QubeException">The machine has ended or does not answer.</exception>
    Task ResumeAsync(CancellationToken cancel);

    /// <summary>Ends the machine at once, whatever it does; returns when it is gone. Quiet when it has ended.</summary>
    Task KillAsync(CancellationToken cancel);

    /// <summary>
    /// Has the guest see a disk's new size, after its pool was told and the size kept. Quiet when the machine has no such
    /// disk. A driver that cannot leaves the guest with the old size until its next start.
    /// </summary>
    /// <param name="volume">One of those that the machine was made with.</param>
    /// <param name="size">Bytes, more than the disk has now.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words, or the machine has ended.</exception>
    Task ResizeDiskAsync(Volume volume, long size, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>
    /// Bytes that <see cref="SetMemoryAsync"/> can give it; 0: its memory cannot be changed while it runs. A copy's cannot: what it
    /// shares with its siblings is not its own to give back.
    /// </summary>
    long MostMemoryBytes => 0;

    /// <summary>
    /// Asks the guest to do with more or less memory; returns when the hypervisor has taken the order. How far the guest has followed
    /// is what <see cref="MeasureAsync"/> says; one that does not want to never does.
    /// </summary>
    /// <param name="bytes">At least 1, at most <see cref="MostMemoryBytes"/>.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="QubeException">The machine has ended, does not answer, or its memory cannot be changed.</exception>
    Task SetMemoryAsync(long bytes, CancellationToken cancel) =>
        throw new QubeException("The memory of this machine cannot be changed while it runs");

    /// <summary>What it uses now.</summary>
    Task<MachineUsage> MeasureAsync(CancellationToken cancel);
}
