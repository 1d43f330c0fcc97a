using System.Text.Json;
using System.Text.Json.Serialization;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>Scripts as lines of JSON, an object each.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ScriptLine))]
internal sealed partial class ScriptLines : JsonSerializerContext
{
    public static string Of(IEnumerable<ScriptStatus> all) => string.Concat(all
        .Select(s => new ScriptLine(s.Name, s.Path, s.State.ToString().ToLowerInvariant(), s.Message, s.Offers, s.Faults))
        .Select(l => JsonSerializer.Serialize(l, Default.ScriptLine) + "\n"));
}
