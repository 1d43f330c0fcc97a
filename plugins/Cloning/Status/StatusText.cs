using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qubes.Plugins.Cloning.Status;

/// <summary>Lines of JSON, one object each; without reflection, which would keep the plugin from being unloaded.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MemoryTemplateStatus))]
internal sealed partial class StatusText : JsonSerializerContext
{
    public static string Lines(IEnumerable<MemoryTemplateStatus> all) =>
        string.Concat(all.Select(s => JsonSerializer.Serialize(s, Default.MemoryTemplateStatus) + "\n"));
}
