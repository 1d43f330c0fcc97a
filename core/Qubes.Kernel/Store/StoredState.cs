namespace Qubes.Kernel.Store;

/// <summary>Everything the store holds, as it was at the last commit.</summary>
internal sealed class StoredState
{
    /// <summary>By qid, ascending; empty in a new store.</summary>
    public required IReadOnlyList<StoredQube> Qubes { get; init; }

    /// <summary>Explicit values by qid, by name.</summary>
    public required ILookup<int, StoredProperty> Properties { get; init; }

    /// <summary>By qid, in the order they were first set.</summary>
    public required ILookup<int, StoredFeature> Features { get; init; }

    /// <summary>By qid, by name.</summary>
    public required ILookup<int, string> Tags { get; init; }

    /// <summary>By qid, in configuration order.</summary>
    public required ILookup<int, StoredVolume> Volumes { get; init; }

    /// <summary>Longer texts by qid: kind and content.</summary>
    public required ILookup<int, KeyValuePair<string, string>> Documents { get; init; }

    /// <summary>Explicit values of the system; null: explicitly none.</summary>
    public required IReadOnlyDictionary<string, string?> SystemProperties { get; init; }

    /// <summary>In the order they were added.</summary>
    public required IReadOnlyList<StoredPool> Pools { get; init; }

    /// <summary>By index, ascending.</summary>
    public required IReadOnlyList<StoredLabel> Labels { get; init; }

    /// <summary>The kernel's own facts.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}
