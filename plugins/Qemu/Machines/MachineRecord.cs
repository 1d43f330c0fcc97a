using System.Text.Json;
using System.Text.Json.Serialization;
using Qubes.Plugins.Qemu.Processes;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// What a daemon leaves for the next one. It is written before the process becomes QEMU, and lies where the machine's user
/// cannot write.
/// </summary>
internal sealed record MachineRecord
{
    private const int MaximumLength = 16 * 1024;

    public required string Name { get; init; }

    public required Guid Uuid { get; init; }

    /// <summary>What QEMU says that it is, where that is not the qube's: a copy's process was there before its qube.</summary>
    public Guid? ProcessUuid { get; init; }

    /// <summary>
    /// The name of its directory while it was nobody's: a process that was held ready to become a copy. The record names the qube
    /// before the directory does, so that whichever of the two the next daemon finds, the process is known.
    /// </summary>
    public string? Reserve { get; init; }

    /// <summary>It goes on where a frozen machine was.</summary>
    public bool IsClone { get; init; }

    public required int Id { get; init; }

    public required int Pid { get; init; }

    /// <summary>With the pid, the process's identity (<see cref="ProcessFacts.Start"/>).</summary>
    public required long ProcessStart { get; init; }

    /// <summary>The boot of the host in which the two mean something.</summary>
    public required string BootId { get; init; }

    /// <summary>Whom QEMU runs as.</summary>
    public required uint User { get; init; }

    /// <summary>What it is: QEMU's path, links followed.</summary>
    public required string Program { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    /// <summary>The names of the volumes behind the guest's disks, in their order.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [];

    /// <summary>What its balloon can give it; 0: its memory is not changed.</summary>
    public int MostMemoryMiB { get; init; }

    /// <summary>The guest came up, or the copy was accepted; a machine that did not is not taken over.</summary>
    public bool IsBooted { get; init; }

    /// <summary>Replaces the record at once and whole.</summary>
    public void Write(string path)
    {
        var unfinished = path + ".new";
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(this, RecordJson.Default.MachineRecord));
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>The record, or null when there is none that can be read.</summary>
    public static MachineRecord? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaximumLength }
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordJson.Default.MachineRecord)
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the recorded process still lives: the same, not one that got its pid.</summary>
    public bool IsAlive(out ProcessFacts? facts)
    {
        facts = BootId == ProcessFacts.BootId() ? ProcessFacts.Of(Pid) : null;
        return facts is { IsZombie: false } && facts.Start == ProcessStart;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MachineRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
