using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>A volume got the content of another qube's.</summary>
/// <param name="Qube">Whose volume it is.</param>
/// <param name="Name">The volume.</param>
/// <param name="Source">Whose content it got.</param>
public sealed record VolumeImported(IQube Qube, string Name, IQube Source) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-import-volume";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("name", Name), new("source", Source)];
}

/// <summary>An import of a volume's content began.</summary>
/// <param name="Qube">Whose volume it is.</param>
/// <param name="Name">The volume.</param>
/// <param name="Size">Bytes; null: as before.</param>
public sealed record VolumeImportBegun(IQube Qube, string Name, long? Size) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-volume-import-begin";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("volume", Name), new("size", Size)];
}

/// <summary>An import of a volume's content ended.</summary>
/// <param name="Qube">Whose volume it is.</param>
/// <param name="Name">The volume.</param>
/// <param name="Success">Whether the new content is in place.</param>
public sealed record VolumeImportEnded(IQube Qube, string Name, bool Success) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-volume-import-end";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("volume", Name), new("success", Success)];
}
