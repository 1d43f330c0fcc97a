using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qubes.Plugins.MemoryManager.Status;

/// <summary>Lines of JSON, one object each; without reflection, which would keep the plugin from being unloaded.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MemoryStatus))]
[JsonSerializable(typeof(HostStatus))]
internal sealed partial class StatusText : JsonSerializerContext
{
    public static string Of(HostStatus host) => JsonSerializer.Serialize(host, Default.HostStatus) + "\n";

    public static string Of(MemoryStatus qube) => JsonSerializer.Serialize(qube, Default.MemoryStatus) + "\n";
}
