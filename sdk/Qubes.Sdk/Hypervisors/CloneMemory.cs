namespace Qubes.Sdk.Hypervisors;

/// <summary>Where a copy's memory comes from.</summary>
public enum CloneMemory
{
    /// <summary>The template's own pages, copied one by one when they are written to.</summary>
    Shared,

    /// <summary>A copy of them all, made before the start: slower, nothing is shared (a restored savefile).</summary>
    Private,
}
