using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Machines;

internal sealed partial class QemuMachine
{
    private bool isRestored;

    /// <summary>Starts a process that waits to become a copy.</summary>
    /// <exception cref="QubeException">QEMU refuses, with its own words.</exception>
    public static async Task<QemuMachine> ReserveAsync(BootPlan boot, CancellationToken cancel)
    {
        var machine = new QemuMachine(boot.Place, boot, boot.Time, boot.Logger);
        (machine.process, machine.record) = await boot.LaunchAsync(machine.Handle, cancel).ConfigureAwait(false);
        machine.watching = machine.WatchAsync(machine.process);
        try
        {
            await machine.PrepareMigrationAsync(cancel).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await machine.KillAsync(CancellationToken.None).ConfigureAwait(false);
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Becomes the qube's copy. QEMU reads the devices' state while the directory gets its name. Nothing is synced: after a crash of
    /// the host there is no process to be found.
    /// </summary>
    /// <exception cref="QubeException">QEMU refuses, or has ended. Whoever called must end it.</exception>
    public async Task RestoreAsync(MachineSpec spec, MachineFiles target, string consolePath, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        await Task.WhenAll(ReadStateAsync(cancel), Task.Run(() => Rename(spec, target), cancel)).ConfigureAwait(false);
        await process.LogConsoleAsync(target, consolePath, cancel).ConfigureAwait(false);
        await MigratedAsync(cancel).ConfigureAwait(false);
        Log.Restored(logger, record.Name, Id, time.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>Goes on as a copy that is no qube's yet while <paramref name="act"/> runs, and is stopped again.</summary>
    /// <exception cref="QubeException">QEMU refuses, or has ended. Whoever called must end it.</exception>
    public async Task RehearseAsync(Func<IMachine, CancellationToken, Task> act, CancellationToken cancel)
    {
        await ReadStateAsync(cancel).ConfigureAwait(false);
        await MigratedAsync(cancel).ConfigureAwait(false);
        await CommandAsync("cont", cancel).ConfigureAwait(false);
        await act(this, cancel).ConfigureAwait(false);
        await CommandAsync("stop", cancel).ConfigureAwait(false);
        if (state == MachineState.Paused)
            state = MachineState.Created; // as if it had never run: nobody has seen that it did
    }

    // Once only is what QEMU allows.
    private Task ReadStateAsync(CancellationToken cancel)
    {
        if (isRestored)
            return Task.CompletedTask;
        isRestored = true;
        return CommandAsync("migrate-incoming", cancel, new JsonObject { ["uri"] = $"fd:{Descriptors.State}" });
    }

    /// <inheritdoc/>
    public Task AcceptAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (ended.Task.IsCompleted)
            throw new QubeException($"Machine {record.Name} has ended");
        if (IsClone && !record.IsBooted)
            Remember();
        return Task.CompletedTask;
    }

    private void Rename(MachineSpec spec, MachineFiles target)
    {
        record = record with
        {
            Name = spec.Name,
            Uuid = spec.Uuid,
            StartTime = time.GetUtcNow(),
            Disks = [.. DiskGraph.Present(spec.Volumes).Select(disk => disk.Volume.Name)],
        };
        try
        {
            record.Write(place.Record);
            target.Remove();
            Directory.Move(place.Directory, target.Directory);
        }
        catch (IOException e)
        {
            throw new QubeException($"Machine {spec.Name} cannot be given its directory: {e.Message}");
        }
        place = target;
        if (process.Gone.IsCompleted)
            target.Remove(); // it ended meanwhile, and what was removed then was the directory's old name
    }
}
