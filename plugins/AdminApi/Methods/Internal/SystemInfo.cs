using System.Text.Json.Serialization;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

/// <summary>What the qrexec policy wants to know of all qubes (spec: Admin API, section 9).</summary>
/// <param name="Domains">By name.</param>
internal sealed record SystemInfo(IReadOnlyDictionary<string, QubeInfo> Domains);

/// <summary>One qube; what it does not have is null.</summary>
internal sealed record QubeInfo(
    string? Internal, IReadOnlyList<string> Tags, string Type, bool TemplateForDispvms, string? DefaultDispvm, string? Icon,
    string? Label, string? Guivm, string? Relayvm, string? TransportRpc, string PowerState, Guid Uuid);

[JsonSerializable(typeof(SystemInfo))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class SystemInfoJson : JsonSerializerContext;
