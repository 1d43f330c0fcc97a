using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>A command as it is sent; answers carry its id.</summary>
internal sealed record QmpCommand(
    string Execute, long Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? Arguments = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QmpCommand))]
internal sealed partial class QmpJson : JsonSerializerContext;
