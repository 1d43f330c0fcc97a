namespace Qubes.Agent.Boot;

/// <summary>What is on a block device.</summary>
internal enum VolumeContent
{
    /// <summary>Nothing that can be told.</summary>
    Unknown = 0,

    /// <summary>Zeros only, as far as one looks.</summary>
    Blank = 1,

    /// <summary>An ext2, ext3 or ext4 file system.</summary>
    Ext4 = 2,
}
