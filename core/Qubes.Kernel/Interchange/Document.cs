using Qubes.Kernel.Store;

namespace Qubes.Kernel.Interchange;

/// <summary>What a <c>qubes.xml</c> says, word for word: nothing is looked up and little is checked yet.</summary>
internal sealed record Document
{
    public required IReadOnlyList<StoredLabel> Labels { get; init; }

    public required IReadOnlyList<StoredPool> Pools { get; init; }

    /// <summary>The system's.</summary>
    public required IReadOnlyList<DocumentProperty> Properties { get; init; }

    public required IReadOnlyList<DocumentQube> Qubes { get; init; }

    /// <summary>
    /// Notes and firewall rules are in the file, too. The reference daemon keeps them elsewhere; only our own exports have them.
    /// </summary>
    public bool HasTexts { get; init; }

    /// <summary>What the file has and this model has no place for, a sentence each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
