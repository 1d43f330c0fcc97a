using Qubes.Kernel.Store;

namespace Qubes.Kernel.Interchange;

/// <summary>A domain.</summary>
/// <param name="Id">For references within the file, e.g. <c>domain-1</c>; perhaps empty.</param>
/// <param name="Class">e.g. <c>AppVM</c>.</param>
internal sealed record DocumentQube(string Id, string Class)
{
    public IReadOnlyList<DocumentProperty> Properties { get; init; } = [];

    public IReadOnlyList<StoredFeature> Features { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<DocumentVolume> Volumes { get; init; } = [];

    /// <summary>Longer texts by kind, as the store has them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Texts { get; init; } = [];

    /// <summary>The value of a property as it stands there; null when it is absent or none.</summary>
    public string? this[string property] => Properties.FirstOrDefault(p => p.Name == property)?.Value;
}
