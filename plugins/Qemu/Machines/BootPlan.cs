using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Plugins.Qemu.Qmp;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>Everything that is needed to launch one machine, once or twice.</summary>
internal sealed class BootPlan(QemuOptions options, MachinePlan machine, MachineFiles place, string? consolePath, TimeProvider time)
    : IDisposable
{
    private MachinePlan machine = machine;
    private MemoryFile? memory;

    /// <summary>What is launched, as it was launched last.</summary>
    public MachinePlan Machine => machine;

    public MachineFiles Place => place;

    /// <summary>Null: the console is not logged yet.</summary>
    public string? ConsolePath => consolePath;

    public TimeProvider Time => time;

    public required int Id { get; init; }

    public required bool ExpectsAgent { get; init; }

    /// <summary>How long the agent may take to open its port.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Null: the machine runs as the daemon's own user, which has no privileges either.</summary>
    public required LaunchIdentity? Identity { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Launches QEMU with its processors stopped. On failure nothing stays of it.</summary>
    /// <exception cref="QubeException">It does not start.</exception>
    public async Task<(QemuProcess Process, MachineRecord Record)> LaunchAsync(
        Action<QmpMessage.Event> onEvent, CancellationToken cancel)
    {
        MachineRecord? record = null;
        LaunchDescription? description = null;
        using var held = RenewMemory();
        place.Make();
        try
        {
            description = machine.Describe(options.Program, place, Identity);
            var process = await QemuProcess.LaunchAsync(
                options.Launcher,
                description,
                place,
                consolePath,
                pid => (record = RecordFor(pid)).Write(place.Record),
                onEvent,
                cancel).ConfigureAwait(false);
            return (process, record!);
        }
        catch
        {
            Dispose();
            place.Remove();
            throw;
        }
        finally
        {
            foreach (var secret in description?.Secrets ?? [])
                CryptographicOperations.ZeroMemory(secret.Content); // from now on the machine's alone
        }
    }

    /// <summary>Starts the volumes afresh that are thrown away when the machine stops.</summary>
    public async Task RenewVolumesAsync(CancellationToken cancel)
    {
        var renewed = new List<VolumeAttachment>();
        foreach (var attachment in machine.Volumes)
        {
            var volume = attachment.Volume;
            if (volume.SaveOnStop)
            {
                renewed.Add(attachment);
                continue;
            }
            await volume.Pool.StopAsync(volume, cancel).ConfigureAwait(false);
            renewed.Add(await volume.Pool.StartAsync(volume, cancel).ConfigureAwait(false));
        }
        machine = machine with { Volumes = renewed };
    }

    /// <summary>Gives away the memory of a machine that can be frozen; null when there is none, or not any more.</summary>
    public MemoryFile? TakeMemory() => Interlocked.Exchange(ref memory, null);

    /// <summary>Forgets the machine's memory, unless it was taken.</summary>
    public void Dispose() => TakeMemory()?.Dispose();

    /// <summary>Every launch begins with zeros.</summary>
    private MemoryFile.Held? RenewMemory()
    {
        if (!machine.IsFreezable || machine.Origin is not null)
            return null;
        Dispose();
        memory = MemoryFile.Create("machine", (long)machine.MemoryMiB << 20);
        var held = memory.Hold();
        machine = machine with { Memory = new MachineMemory(held.Path, IsShared: true) };
        return held;
    }

    private MachineRecord RecordFor(int pid)
    {
        var facts = ProcessFacts.Of(pid) ?? throw new QubeException("The machine launcher ended early");
        return new MachineRecord
        {
            Name = machine.Name,
            Uuid = machine.Uuid,
            ProcessUuid = machine.Uuid,
            Reserve = machine.Origin is null ? null : machine.Name,
            IsClone = machine.Origin is not null,
            Id = Id,
            Pid = pid,
            ProcessStart = facts.Start,
            BootId = ProcessFacts.BootId(),
            User = Identity?.User ?? facts.User,
            Program = new FileInfo(options.Program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? options.Program,
            StartTime = time.GetUtcNow(),
            MostMemoryMiB = machine.MostMemoryMiB,
            Disks = [.. DiskGraph.Present(machine.Volumes).Select(disk => disk.Volume.Name)],
        };
    }
}
