using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Storage;

/// <summary>
/// One volume of a qube, as the kernel keeps it; the pool's driver does the work. The two flags give the kinds of the
/// spec's storage model, section 1: persistent (saved), snapshot (of <see cref="Source"/>), volatile (neither).
/// Two volumes are the same when pool and <see cref="Vid"/> are.
/// </summary>
public sealed class Volume
{
    /// <summary>Name inside the qube: <c>root</c>, <c>private</c>, <c>volatile</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The qube it belongs to.</summary>
    public required IQube Owner { get; init; }

    /// <summary>The pool it lives in.</summary>
    public required IStoragePool Pool { get; init; }

    /// <summary>Identifier, unique in the pool, e.g. <c>appvms/work/private</c>.</summary>
    public required string Vid
    {
        get => FollowedVid?.Invoke() ?? field;
        init;
    }

    /// <summary>The identifier of a volume that follows a property of its qube, such as the kernel's; null for others.</summary>
    public Func<string>? FollowedVid { private get; init; }

    /// <summary>Bytes. Set on the kernel loop; the kernel keeps it.</summary>
    public required long Size
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    }

    /// <summary>The qube may write to it. Set on the kernel loop; the kernel keeps it.</summary>
    public bool IsWritable
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    } = true;

    /// <summary>Its content comes from a snapshot of <see cref="Source"/> at every start.</summary>
    public bool SnapOnStart { get; init; }

    /// <summary>Changes are kept when the qube stops.</summary>
    public bool SaveOnStop { get; init; }

    /// <summary>What it is a snapshot of; set exactly when <see cref="SnapOnStart"/> is. In the same pool.</summary>
    public Volume? Source { get; init; }

    /// <summary>Old versions kept: the volume's own setting, or its pool's; -1: snapshots are off.</summary>
    public int RevisionsToKeep => OwnRevisionsToKeep ?? Pool.Configuration.RevisionsToKeep;

    /// <summary>The volume's own setting, -1 or more; null: its pool's counts. Set on the kernel loop; the kernel keeps it.</summary>
    public int? OwnRevisionsToKeep
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    }

    /// <summary>Encrypted with a key that is thrown away when the volume stops: its own setting, or its pool's for volatile ones.</summary>
    public bool IsEphemeral => OwnEphemeral ?? (IsVolatile && IsWritable && Pool.Configuration.EphemeralVolatile);

    /// <summary>The volume's own setting; null: its pool's counts. Set on the kernel loop; the kernel keeps it.</summary>
    public bool? OwnEphemeral
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    }

    /// <summary>Changes are kept, and it is nobody's snapshot.</summary>
    public bool IsPersistent => SaveOnStop && !SnapOnStart;

    /// <summary>Neither saved nor a snapshot: empty at every start, or fixed.</summary>
    public bool IsVolatile => !SaveOnStop && !SnapOnStart;

    /// <summary>Used in place: no snapshot at start, no revisions, no copy while it runs (spec: storage, section 1).</summary>
    public bool HasSnapshotsOff => RevisionsToKeep < 0 && IsPersistent;

    /// <summary>Called after a setting was changed.</summary>
    public Action<Volume>? Changed { private get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner.Name}:{Name}";
}
