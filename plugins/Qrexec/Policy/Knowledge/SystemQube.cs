using System.Text.Json;
using Qubes.Policy.Evaluation;

namespace Qubes.Policy.Knowledge;

/// <summary>One entry of system information (spec: policy, section 9).</summary>
public sealed record SystemQube(string Name, string Uuid, string Type) : IPolicyQube
{
    /// <inheritdoc/>
    public bool IsTemplateForDispvms { get; init; }

    /// <inheritdoc/>
    public string? DefaultDispvm { get; init; }

    /// <inheritdoc/>
    public bool IsRunning { get; init; }

    /// <inheritdoc/>
    public string? GuiVm { get; init; }

    /// <inheritdoc/>
    public bool IsInternal { get; init; }

    /// <inheritdoc/>
    public string? Icon { get; init; }

    /// <inheritdoc/>
    public string? RelayVm { get; init; }

    /// <inheritdoc/>
    public string? TransportRpc { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlySet<string> Tags { get; init; } = new HashSet<string>();

    /// <inheritdoc/>
    public bool HasTag(string tag) => Tags.Contains(tag);

    /// <param name="name">The qube's.</param>
    /// <param name="layers">Objects; a member of an earlier one hides that of a later.</param>
    /// <exception cref="SystemInfoException">A member has the wrong type, or one that must be there is not.</exception>
    internal static SystemQube Read(string name, params ReadOnlySpan<JsonElement> layers) =>
        new(name, Text(name, "uuid", layers) ?? throw new SystemInfoException($"{name} has no uuid"),
            Text(name, "type", layers) ?? throw new SystemInfoException($"{name} has no type"))
        {
            IsTemplateForDispvms = Truth(name, "template_for_dispvms", layers),
            DefaultDispvm = Text(name, "default_dispvm", layers),
            IsRunning = Text(name, "power_state", layers) == "Running",
            GuiVm = Text(name, "guivm", layers),
            IsInternal = Text(name, "internal", layers) is { Length: > 0 },
            Icon = Text(name, "icon", layers),
            RelayVm = Text(name, "relayvm", layers),
            TransportRpc = Text(name, "transport_rpc", layers),
            Tags = Find("tags", layers) is { } tags
                ? JsonReading.Texts(tags, $"tags of {name}").ToHashSet(StringComparer.Ordinal)
                : new HashSet<string>(),
        };

    private static string? Text(string name, string member, ReadOnlySpan<JsonElement> layers) =>
        Find(member, layers) is { } value ? JsonReading.Text(value, $"{member} of {name}") : null;

    private static bool Truth(string name, string member, ReadOnlySpan<JsonElement> layers) => Find(member, layers)?.ValueKind switch
    {
        JsonValueKind.True => true,
        null or JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw new SystemInfoException($"{member} of {name} is not true or false"),
    };

    private static JsonElement? Find(string member, ReadOnlySpan<JsonElement> layers)
    {
        foreach (JsonElement layer in layers)
        {
            if (layer.ValueKind == JsonValueKind.Object && layer.TryGetProperty(member, out JsonElement value))
                return value;
        }
        return null;
    }
}
