namespace Qubes.GuestTools.Unpacking;

/// <summary>The most that is taken from one call; more ends it with EDQUOT.</summary>
internal sealed record UnpackLimits
{
    /// <summary>Files, directories and links.</summary>
    public long Entries { get; init; } = 1_000_000;

    /// <summary>Bytes of all files together. What the disk has room for ends most copies long before.</summary>
    public long Bytes { get; init; } = 1L << 50;

    /// <summary>Bytes of the names of directories that were begun and not ended, which have to be remembered.</summary>
    public long OpenNames { get; init; } = 16 << 20;

    /// <summary>Bytes of a link's target; Linux takes no more.</summary>
    public const int LongestTarget = 4095;
}
