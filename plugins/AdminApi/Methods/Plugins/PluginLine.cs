using System.Text.Json;
using System.Text.Json.Serialization;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Methods.Plugins;

/// <summary>A plugin as clients get it: the members are those of the line of JSON.</summary>
internal sealed record PluginLine(
    string Name, string State, string Version, string Sdk, string Description, bool Shipped, string Folder, IReadOnlyList<string> Requires,
    string Reload, int Generation, int Faults, string? Reason, IReadOnlyList<string> Leftovers)
{
    /// <summary>The line.</summary>
    public static string Of(PluginReport plugin) => JsonSerializer.Serialize(
        new(
            plugin.Name, Word(plugin.State), plugin.Version, plugin.Sdk, plugin.Description, plugin.IsShipped, plugin.Folder, plugin.Requires,
            Word(plugin.Reload), plugin.Generation, plugin.Faults, plugin.Reason.Length > 0 ? plugin.Reason : null, plugin.Leftovers),
        PluginLines.Default.PluginLine) + "\n";

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>Without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PluginLine))]
internal sealed partial class PluginLines : JsonSerializerContext;
