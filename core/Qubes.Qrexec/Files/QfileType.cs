namespace Qubes.Qrexec.Files;

/// <summary>What an entry of a qfile stream may be, as the type bits of <c>st_mode</c>.</summary>
public enum QfileType
{
    /// <summary>A directory; sent before what is in it, and once more after it.</summary>
    Directory = 0x4000,

    /// <summary>A regular file; its content follows.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link; its target follows.</summary>
    Link = 0xA000,
}
