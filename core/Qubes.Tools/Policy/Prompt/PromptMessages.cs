using System.Text.Json.Serialization;

namespace Qubes.Tools.Policy.Prompt;

/// <summary>Reads the lines without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PromptMessage))]
internal sealed partial class PromptMessages : JsonSerializerContext;
