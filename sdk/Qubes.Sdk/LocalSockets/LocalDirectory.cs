namespace Qubes.Sdk.LocalSockets;

/// <summary>A directory in which the daemon's local clients make sockets of their own.</summary>
public static class LocalDirectory
{
    private const UnixFileMode Mode = UnixFileMode.StickyBit
        | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <summary>
    /// Makes it if it is missing: mode 1770, owned by the group <c>qubes</c> where there is one and the daemon is root. A
    /// client cannot remove another's socket.
    /// </summary>
    public static void Open(string path)
    {
        Directory.CreateDirectory(path);
        FileOwner.GiveToGroup(path);
        File.SetUnixFileMode(path, Mode);
    }
}
