using Qubes.Plugins.Qemu.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Machines;

internal sealed partial class QemuMachine
{
    private const int Attempts = 2;

    private readonly SemaphoreSlim replacing = new(1);
    private TaskCompletionSource agentOpened = NewSignal();
    private volatile bool isReplacing;

    /// <summary>Builds a machine with its processors stopped.</summary>
    public static async Task<QemuMachine> CreateAsync(BootPlan boot, CancellationToken cancel)
    {
        var machine = new QemuMachine(boot.Place, boot, boot.Time, boot.Logger);
        await machine.LaunchAsync(boot, cancel).ConfigureAwait(false);
        machine.watching = machine.WatchAsync(machine.process);
        return machine;
    }

    /// <inheritdoc/>
    public async Task BootAsync(CancellationToken cancel)
    {
        if (IsClone && state == MachineState.Created)
        {
            await CommandAsync("cont", cancel).ConfigureAwait(false);
            return;
        }
        if (boot is null || state != MachineState.Created)
            throw new QubeException($"Machine {record.Name} was booted already");
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            await CommandAsync("cont", cancel).ConfigureAwait(false);
            if (!boot.ExpectsAgent || await ComesUpAsync(boot.Timeout, cancel).ConfigureAwait(false))
                break;
            if (attempt == Attempts)
            {
                await KillAsync(cancel).ConfigureAwait(false);
                throw new QubeException(
                    $"Qube {record.Name} did not come up within {boot.Timeout.TotalSeconds} s, {Attempts} times; "
                    + $"its console is in {boot.ConsolePath}");
            }
            Log.BootRetried(logger, record.Name, Id, boot.Timeout.TotalSeconds);
            await ReplaceAsync(boot, cancel).ConfigureAwait(false);
        }
        Remember();
        Log.Up(logger, record.Name, Id, (long)time.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>
    /// A process with its processors stopped, and its balloon set: a guest that may have more later must not have it before anybody
    /// gave it. On failure nothing stays of it.
    /// </summary>
    private async Task LaunchAsync(BootPlan plan, CancellationToken cancel)
    {
        (process, record) = await plan.LaunchAsync(Handle, cancel).ConfigureAwait(false);
        if (plan.Machine.MostMemoryMiB == 0)
            return;
        try
        {
            await OrderAsync((long)plan.Machine.MemoryMiB << 20, cancel).ConfigureAwait(false);
        }
        catch
        {
            await process.EndAsync().ConfigureAwait(false);
            await process.DisposeAsync().ConfigureAwait(false);
            plan.Dispose();
            plan.Place.Remove();
            throw;
        }
    }

    private async Task<bool> ComesUpAsync(TimeSpan within, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(within, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await Task.WhenAny(agentOpened.Task, ended.Task).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return agentOpened.Task.IsCompleted;
        }
        return ended.Task.IsCompleted ? throw EndedWhileBooting() : true;
    }

    /// <summary>
    /// A new process in place of one that hangs. Volumes that are thrown away anyway start afresh; a persistent one goes on with
    /// what the first boot wrote, which is what a disk holds after the power was cut, and its journal is made for that.
    /// </summary>
    private async Task ReplaceAsync(BootPlan plan, CancellationToken cancel)
    {
        await replacing.WaitAsync(cancel).ConfigureAwait(false);
        isReplacing = true;
        try
        {
            await process.EndAsync().ConfigureAwait(false);
            await process.DisposeAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            agentOpened = NewSignal();
            shutdownReason = null;
            if (isKilled)
                throw new QubeException($"Machine {record.Name} was killed");
            await plan.RenewVolumesAsync(cancel).ConfigureAwait(false);
            await LaunchAsync(plan, cancel).ConfigureAwait(false);
            isReplacing = false;
            watching = WatchAsync(process);
        }
        catch
        {
            // The old process is gone and there is no new one: this is the machine's end.
            place.Remove();
            plan.Dispose();
            Change(isKilled ? MachineState.Stopped : MachineState.Crashed);
            ended.TrySetResult();
            throw;
        }
        finally
        {
            replacing.Release();
        }
    }

    /// <summary>Lets the next daemon know that the guest came up.</summary>
    private void Remember()
    {
        record = record with { IsBooted = true };
        try
        {
            record.Write(place.Record);
        }
        catch (DirectoryNotFoundException)
        {
            throw EndedWhileBooting();
        }
    }

    private QubeException EndedWhileBooting() =>
        new($"Qube {record.Name} ended while it booted ({GuestText.Escape(shutdownReason ?? "no reason given")})");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
