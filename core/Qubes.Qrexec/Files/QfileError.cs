namespace Qubes.Qrexec.Files;

/// <summary>Error codes of a qfile answer: numbers of Linux' <c>errno</c>, and one of its own.</summary>
public static class QfileError
{
    /// <summary>All entries arrived.</summary>
    public const uint None = 0;

    /// <summary>Permission denied.</summary>
    public const uint Access = 13;

    /// <summary>It is there already; nothing is overwritten.</summary>
    public const uint Exists = 17;

    /// <summary>A part of a path is no directory.</summary>
    public const uint NotDirectory = 20;

    /// <summary>An entry is of a type that is not accepted, or its times are malformed.</summary>
    public const uint Invalid = 22;

    /// <summary>The disk is full.</summary>
    public const uint NoSpace = 28;

    /// <summary>A name is too long.</summary>
    public const uint NameTooLong = 36;

    /// <summary>A link that might lead out of what is copied.</summary>
    public const uint BadLink = 67;

    /// <summary>A name that is not accepted.</summary>
    public const uint BadName = 84;

    /// <summary>The stream ended where another entry, or its end, was due.</summary>
    public const uint NoEnd = 121;

    /// <summary>More than the receiver's limits allow.</summary>
    public const uint Limit = 122;

    /// <summary>The stream ended within an entry.</summary>
    public const uint SenderStopped = 31415926;

    /// <summary>What a code means, for users.</summary>
    public static string Describe(uint code) => code switch
    {
        None => "it wants no more",
        Access => "permission denied",
        Exists => "it is there already, and nothing is overwritten",
        NotDirectory or 40 => "a part of its path is no directory",
        Invalid => "entries other than files, directories and links are not accepted",
        NoSpace => "the disk is full",
        NameTooLong => "the name is too long",
        BadLink => "the link might lead out of what is copied",
        BadName => "the name has characters that are not safe to display; --allow-all-names sends it all the same",
        NoEnd or SenderStopped => "not everything arrived",
        Limit => "it is more than the receiver accepts",
        _ => $"error {code}",
    };
}
