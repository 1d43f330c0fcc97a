using System.Text.Json;
using System.Text.Json.Serialization;
using Qubes.Plugins.Qemu.Accelerators;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>What a memory template's directory says of itself (<c>template.json</c>).</summary>
internal sealed record TemplateRecord
{
    /// <summary>Counted up whenever a template of before could be misunderstood.</summary>
    public const int CurrentFormat = 1;

    private const int MaximumLength = 64 * 1024;

    public required int Format { get; init; }

    public required string Key { get; init; }

    public required DateTimeOffset Made { get; init; }

    public required Accelerator Accelerator { get; init; }

    public required int MemoryMiB { get; init; }

    public required int Vcpus { get; init; }

    /// <summary>The guest kernel's.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The names of the volumes behind the disks, in their order.</summary>
    public required IReadOnlyList<string> Disks { get; init; }

    /// <summary>Bytes of memory that hold something.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Of the memory (<see cref="Memory.SparseContent"/>).</summary>
    public required string MemoryDigest { get; init; }

    /// <summary>SHA-256 of the devices' state.</summary>
    public required string StateDigest { get; init; }

    /// <summary>SHA-256 of the kernel's stub.</summary>
    public required string StubDigest { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TemplateJson.Default.TemplateRecord);

    /// <summary>The record; null when there is none that can be read.</summary>
    public static TemplateRecord? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaximumLength }
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), TemplateJson.Default.TemplateRecord) is
                {
                    Format: CurrentFormat, MemoryMiB: >= 32 and <= 1 << 24, Vcpus: >= 1
                } record
                ? record
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TemplateRecord))]
internal sealed partial class TemplateJson : JsonSerializerContext;
