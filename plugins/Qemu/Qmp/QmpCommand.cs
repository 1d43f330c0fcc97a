using System.Text.Json.Serialization;

namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>A command as it is sent; answers carry its id.</summary>
internal sealed record QmpCommand(
    string Execute, long Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BlockResize? Arguments = null);

/// <summary>What <c>block_resize</c> is told: a node of the disk graph and its new size in bytes.</summary>
internal sealed record BlockResize([property: JsonPropertyName("node-name")] string NodeName, long Size);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QmpCommand))]
internal sealed partial class QmpJson : JsonSerializerContext;
