namespace Qubes.Plugins.Preload.Discards;

/// <summary>Kinds of reasons to discard preloads; their names in snake case are part of the metrics.</summary>
internal enum DiscardKind
{
    /// <summary>More are there than are wanted.</summary>
    Excess,

    /// <summary>It is no longer what its template would give.</summary>
    Outdated,

    /// <summary>Its template is drained.</summary>
    Drained,

    /// <summary>An administrator wants another one in its place.</summary>
    Refreshed,

    /// <summary>Its template changes its own template, or is no longer one of disposables, or is removed.</summary>
    Template,

    /// <summary>It was requested and did not come up, or its caller went away.</summary>
    NotHandedOut,

    /// <summary>An earlier daemon left it unready, requested or discarded.</summary>
    LeftOver,

    /// <summary>The host suspends.</summary>
    Suspend,

    /// <summary>Its machine ended by itself.</summary>
    Ended,

    /// <summary>The host is short of memory.</summary>
    ShortOfMemory,
}
