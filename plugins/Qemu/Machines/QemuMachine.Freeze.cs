using System.Text.Json.Nodes;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Machines;

internal sealed partial class QemuMachine
{
    private const string StateName = "state";
    private const long MaximumState = 16 << 20; // 85 kB were measured

    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromSeconds(10);

    private TaskCompletionSource<bool> migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? freezing;

    /// <summary>
    /// Stops the machine, has its disks kept, ends it and hands out what it was. In this order: its memory can be sealed only when
    /// no process can write to it any more.
    /// </summary>
    /// <param name="keepDisks">Called when everything that the guest wrote is in the layers.</param>
    /// <param name="keep">Gets sealed memory, sealed devices' state and the plan; owns the two files. The machine counts as ended only afterwards.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubeException">It cannot be frozen, or QEMU refuses; it is ended.</exception>
    public async Task<T> FreezeAsync<T>(
        Func<CancellationToken, Task> keepDisks, Func<MemoryFile, MemoryFile, MachinePlan, Task<T>> keep, CancellationToken cancel)
    {
        var unfinished = NewSignal();
        if (Interlocked.CompareExchange(ref freezing, unfinished, null) is not null)
            throw new QubeException($"Machine {record.Name} is being frozen already");
        MemoryFile? devices = null, memory = null;
        try
        {
            if (boot is not { Machine.IsFreezable: true } || state != MachineState.Running)
                throw new QubeException($"Machine {record.Name} cannot be frozen: it must run, and have been built for that by this daemon");
            shutdownReason = "freeze";
            devices = MemoryFile.Create("state", 0);
            await SaveDevicesAsync(devices, cancel).ConfigureAwait(false);
            await keepDisks(cancel).ConfigureAwait(false);
            await process.EndAsync().ConfigureAwait(false);
            memory = boot.TakeMemory() ?? throw new QubeException($"Machine {record.Name} has ended");
            memory.Seal();
            devices.Seal();
            if (devices.Size is 0 or > MaximumState)
                throw new QubeException($"The devices' state of {record.Name} has {devices.Size} bytes: 1 to {MaximumState} are taken");
            var (givenMemory, givenDevices) = (memory, devices);
            memory = devices = null;
            return await keep(givenMemory, givenDevices, boot.Machine).ConfigureAwait(false);
        }
        finally
        {
            memory?.Dispose();
            devices?.Dispose();
            isKilled = true;
            if (!isLetGo)
                await process.EndAsync().ConfigureAwait(false);
            unfinished.TrySetResult();
            await watching.ConfigureAwait(false); // and with it the machine's end, unless the daemon lets go of it meanwhile
        }
    }

    /// <summary>
    /// Writes everything but the memory, which is in its file already, and has the disks written out and closed: QEMU does that
    /// before it says "completed".
    /// </summary>
    private async Task SaveDevicesAsync(MemoryFile devices, CancellationToken cancel)
    {
        await CommandAsync("stop", cancel).ConfigureAwait(false);
        await PrepareMigrationAsync(cancel).ConfigureAwait(false);
        await process.GiveAsync(StateName, devices.Handle, cancel).WaitAsync(MigrationTimeout, time, cancel).ConfigureAwait(false);
        await CommandAsync("migrate", cancel, new JsonObject { ["uri"] = "fd:" + StateName }).ConfigureAwait(false);
        await MigratedAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What both sides must have agreed on: shared memory is not sent, and the end of it is told.</summary>
    private async Task PrepareMigrationAsync(CancellationToken cancel)
    {
        var wanted = new JsonArray(Capability("x-ignore-shared"), Capability("events"));
        await CommandAsync("migrate-set-capabilities", cancel, new JsonObject { ["capabilities"] = wanted }).ConfigureAwait(false);
    }

    private static JsonObject Capability(string name) => new() { ["capability"] = name, ["state"] = true };

    private async Task MigratedAsync(CancellationToken cancel)
    {
        try
        {
            await Task.WhenAny(migrated.Task, process.Gone).WaitAsync(MigrationTimeout, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new QubeException($"Machine {record.Name}: QEMU did not get its state over within {MigrationTimeout.TotalSeconds} s");
        }
        if (!migrated.Task.IsCompleted || !await migrated.Task.ConfigureAwait(false))
            throw new QubeException($"Machine {record.Name}: QEMU could not move its state {process.LastWords}".TrimEnd());
    }
}
