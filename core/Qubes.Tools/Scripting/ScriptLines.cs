using System.Text.Json.Serialization;

namespace Qubes.Tools.Scripting;

/// <summary>Reads the lines without reflection. Members that are not known here are passed over: a newer daemon may say more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ScriptLine))]
internal sealed partial class ScriptLines : JsonSerializerContext;
