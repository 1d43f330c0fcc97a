using System.Text.Json;
using System.Text.Json.Serialization;
using Qubes.Plugins.Preload.Traces;

namespace Qubes.Plugins.Preload.Status;

/// <summary>Lines of JSON, one object each; without reflection, which would keep the plugin from being unloaded.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TemplateStatus))]
[JsonSerializable(typeof(Moment))]
[JsonSerializable(typeof(TraceStatus))]
internal sealed partial class StatusText : JsonSerializerContext
{
    public static string Lines(IEnumerable<TemplateStatus> all) =>
        string.Concat(all.Select(s => JsonSerializer.Serialize(s, Default.TemplateStatus) + "\n"));

    public static string Lines(IEnumerable<Moment> all) =>
        string.Concat(all.Select(m => JsonSerializer.Serialize(m, Default.Moment) + "\n"));
}
