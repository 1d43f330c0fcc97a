using System.Text.Json.Serialization;

namespace Qubes.Machine.Launcher;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LaunchDescription))]
internal sealed partial class LaunchJson : JsonSerializerContext;
