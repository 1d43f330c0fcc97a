namespace Qubes.Tools.Cloning;

/// <summary>What <see cref="QubeCloner"/> makes of a qube.</summary>
/// <param name="Source">The qube to copy.</param>
/// <param name="Name">The new qube's name.</param>
internal sealed record ClonePlan(string Source, string Name)
{
    /// <summary>The new qube's class; null: the source's.</summary>
    public string? Class { get; init; }

    /// <summary>The new qube's label; null: the source's.</summary>
    public string? Label { get; init; }

    /// <summary>The pool of all volumes that the qube keeps; null: see <see cref="Pools"/>.</summary>
    public string? Pool { get; init; }

    /// <summary>
    /// Pools by volume; where a volume is not named, and <see cref="Pool"/> is not given, the pool of the source's volume.
    /// </summary>
    public IReadOnlyDictionary<string, string> Pools { get; init; } = new Dictionary<string, string>();

    /// <summary>Volumes whose content is not copied.</summary>
    public IReadOnlyList<string> OmittedVolumes { get; init; } = [];

    public bool CopyDevices { get; init; } = true;

    /// <summary>
    /// What cannot be copied of properties, tags, features, notes, firewall rules and devices is told and left out.
    /// </summary>
    public bool IgnoreErrors { get; init; }
}
