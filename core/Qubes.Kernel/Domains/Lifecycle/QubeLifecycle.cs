using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

/// <summary>
/// Starts and stops one qube (spec: domain model, sections 7 and 8). A start, a removal and nothing else hold the start lock.
/// A machine that ends, for whatever reason, is followed by exactly one pass of the stop sequence.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The lock's wait handle is never asked for, so there is nothing to dispose of.")]
internal sealed partial class QubeLifecycle(Qube qube, KernelContext context, ILogger<QubeLifecycle> log)
{
    private readonly SemaphoreSlim startLock = new(1, 1);

    // Completes when every handler of the last machine's shutdown has finished.
    private TaskCompletionSource stopped = NeverRan();

    public IMachine? Machine { get; private set; }

    /// <summary>Whether there is a machine that has not ended: also true while paused.</summary>
    public bool IsRunning => Machine is { State: not (MachineState.Stopped or MachineState.Crashed) };

    public PowerState PowerState => IsEnding && Machine is not null ? PowerState.Dying : (qube.Class, Machine?.State) switch
    {
        (QubeClass.AdminVM or QubeClass.RemoteVM, _) => PowerState.Running,
        (_, null) => PowerState.Halted,
        (_, MachineState.Created) => PowerState.Transient,
        (_, MachineState.Running) => IsFullyUsable ? PowerState.Running : PowerState.Transient,
        (_, MachineState.Paused) => PowerState.Paused,
        (_, MachineState.Stopped) => PowerState.Dying,
        (_, MachineState.Crashed) => PowerState.Crashed,
        var (_, state) => throw new InvalidOperationException($"unknown machine state {state}"),
    };

    /// <summary>Keeps the qube from being started until the result is disposed of.</summary>
    public async Task<IDisposable> HoldStartAsync(CancellationToken cancel)
    {
        await startLock.WaitAsync(cancel);
        return new StartHold(startLock);
    }

    private bool ExpectsAgent => qube.Features.CheckWithTemplate("qrexec") is { Length: > 0 };

    private bool IsFullyUsable => !ExpectsAgent || Agents.Any(a => a.IsConnected(qube));

    private IReadOnlyList<IGuestAgents> Agents => context.Extensions.All<IGuestAgents>();

    private void RequireMachineQube()
    {
        if (qube.Class == QubeClass.AdminVM)
            throw new QubeException("The host itself cannot be started, paused or stopped from here");
        if (qube.Class == QubeClass.RemoteVM)
            throw new QubeException($"'{qube.Name}' is a qube of another host, which alone starts and stops it");
    }

    /// <summary>Takes a machine as this qube's own: one that was just built, or one that an earlier daemon left running.</summary>
    public void Attach(IMachine machine)
    {
        Take(machine);
        Follow(machine);
    }

    private void Take(IMachine machine)
    {
        Machine = machine;
        wasPaused = machine.State == MachineState.Paused;
        ownResumes = 0;
        stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        machine.StateChanged += (_, state) => context.Loop.Post(() => OnStateChanged(machine, state));
    }

    private void Follow(IMachine machine) => _ = FollowAsync(machine);

    private static TaskCompletionSource NeverRan()
    {
        var ran = new TaskCompletionSource();
        ran.SetResult();
        return ran;
    }

    private sealed class StartHold(SemaphoreSlim held) : IDisposable
    {
        private SemaphoreSlim? toRelease = held;

        public void Dispose() => Interlocked.Exchange(ref toRelease, null)?.Release();
    }
}
