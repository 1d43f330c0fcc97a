using System.Globalization;
using System.Runtime.InteropServices;

namespace Qubes.Sdk.LocalSockets;

/// <summary>Whose files are: the daemon's user, and the group of those who may use it.</summary>
internal static partial class FileOwner
{
    private const string Groups = "/etc/group";

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    /// <summary>Gives a file to the group <c>qubes</c>; false where there is none, or we are not root.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static bool GiveToGroup(string path)
    {
        if (EffectiveUserId() != 0 || !File.Exists(Groups))
            return false;
        // name ":" password ":" gid ":" members; getgrnam is not safe among threads, and the group is a local one.
        string? line = File.ReadLines(Groups).FirstOrDefault(l => l.StartsWith("qubes:", StringComparison.Ordinal));
        if (line?.Split(':') is not [_, _, var id, ..]
            || !uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out uint gid))
            return false;
        return ChangeOwner(path, 0, gid) == 0
            ? true
            : throw new IOException($"Cannot give {path} to the group qubes: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
