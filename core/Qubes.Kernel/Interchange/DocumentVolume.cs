namespace Qubes.Kernel.Interchange;

/// <summary>A volume; what is null is not said, and then as for a new qube of the class.</summary>
internal sealed record DocumentVolume(string Name)
{
    public string? Pool { get; init; }

    public string? Vid { get; init; }

    /// <summary>Bytes.</summary>
    public long? Size { get; init; }

    public bool? Writable { get; init; }

    public bool? SnapOnStart { get; init; }

    public bool? SaveOnStop { get; init; }

    /// <summary>The identifier, in the same pool, of the volume that it is a snapshot of.</summary>
    public string? Source { get; init; }

    public int? RevisionsToKeep { get; init; }

    public bool? Ephemeral { get; init; }
}
