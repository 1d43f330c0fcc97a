using System.Text.Json.Serialization;

namespace Qubes.Tools.Preloading;

/// <summary>Reads the lines without reflection. Members that are not known here are passed over: a newer daemon may say more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PreloadStatus))]
[JsonSerializable(typeof(PreloadMoment))]
[JsonSerializable(typeof(PreloadTrace))]
internal sealed partial class PreloadLines : JsonSerializerContext;
