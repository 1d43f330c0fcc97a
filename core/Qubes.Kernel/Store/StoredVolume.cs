namespace Qubes.Kernel.Store;

/// <summary>A volume of a qube; keyed by qube and name.</summary>
/// <param name="Qid">The qube it belongs to.</param>
/// <param name="Name">e.g. <c>root</c>.</param>
/// <param name="Position">Its place in the qube's configuration order.</param>
/// <param name="Pool">The pool it lives in.</param>
/// <param name="Vid">Identifier, unique in the pool.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Writable">The qube may write to it.</param>
/// <param name="SnapOnStart">Made from its source at every start.</param>
/// <param name="SaveOnStop">Changes are kept when the qube stops.</param>
/// <param name="SourceQid">The qube of the volume it is a snapshot of.</param>
/// <param name="SourceVolume">The name of the volume it is a snapshot of.</param>
/// <param name="RevisionsToKeep">Old versions kept; -1: snapshots are off; null: as its pool says.</param>
/// <param name="Ephemeral">Encrypted with a throw-away key; null: as its pool says.</param>
internal sealed record StoredVolume(
    int Qid, string Name, int Position, string Pool, string Vid, long Size, bool Writable, bool SnapOnStart, bool SaveOnStop,
    int? SourceQid, string? SourceVolume, int? RevisionsToKeep, bool? Ephemeral);
