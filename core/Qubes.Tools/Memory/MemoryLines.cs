using System.Text.Json.Serialization;

namespace Qubes.Tools.Memory;

/// <summary>Reads the lines without reflection. Members that are not known here are passed over: a newer daemon may say more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MemorySubject))]
[JsonSerializable(typeof(HostMemory))]
[JsonSerializable(typeof(QubeMemory))]
internal sealed partial class MemoryLines : JsonSerializerContext;
