using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Native;

/// <content>Files by the descriptor of their directory, so that no link on the way is ever followed. Names are raw bytes.</content>
internal static unsafe partial class Libc
{
    private const int WriteOnly = 1;
    private const int DirectoryOnly = 0x10000;
    private const int NoFollow = 0x20000;
    private const int CloseOnExec = 0x80000;
    private const int Unnamed = 0x400000 | DirectoryOnly;
    private const int WorkingDirectory = -100;
    private const int FollowLink = 0x400;
    private const int LinkItself = 0x100;
    private const int OwnerOnlyDirectory = 0x1C0;
    private const int OwnerOnlyFile = 0x180;

    /// <summary>Opens a directory; a link on the way is followed, since the path is the user's own.</summary>
    public static SafeFileHandle OpenDirectory(string path) =>
        Handle(open(path, DirectoryOnly | CloseOnExec, 0), path);

    /// <summary>Opens a directory in a directory; a link is refused.</summary>
    public static SafeFileHandle OpenDirectory(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = Terminated(name))
            return Handle(openat(Raw(parent), pointer, DirectoryOnly | NoFollow | CloseOnExec, 0), "openat");
    }

    /// <summary>Makes a directory for its owner alone; false: there is something of that name.</summary>
    public static bool TryMakeDirectory(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = Terminated(name))
        {
            if (mkdirat(Raw(parent), pointer, OwnerOnlyDirectory) == 0)
                return true;
        }

        return Marshal.GetLastPInvokeError() == (int)QfileError.Exists ? false : throw SystemCallException.Last("mkdirat");
    }

    /// <summary>A file without a name in the file system of a directory; it is gone with its descriptor unless it gets one.</summary>
    public static SafeFileHandle OpenUnnamed(SafeFileHandle directory)
    {
        fixed (byte* here = "."u8)
            return Handle(openat(Raw(directory), here, Unnamed | WriteOnly | CloseOnExec, OwnerOnlyFile), "openat");
    }

    /// <summary>Gives an unnamed file a name that nothing has.</summary>
    public static void GiveName(SafeFileHandle file, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* source = Terminated(Encoding.ASCII.GetBytes($"/proc/self/fd/{Raw(file)}")))
        fixed (byte* pointer = Terminated(name))
            SystemCallException.Check(linkat(WorkingDirectory, source, Raw(directory), pointer, FollowLink), "linkat");
    }

    /// <summary>Makes a symbolic link under a name that nothing has.</summary>
    public static void MakeLink(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* source = Terminated(target))
        fixed (byte* pointer = Terminated(name))
            SystemCallException.Check(symlinkat(source, Raw(directory), pointer), "symlinkat");
    }

    /// <summary>Whether there is anything of that name.</summary>
    public static bool Exists(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = Terminated(name))
            return faccessat(Raw(directory), pointer, 0, LinkItself) == 0;
    }

    /// <summary>Sets permissions.</summary>
    public static void SetMode(SafeFileHandle file, UnixFileMode mode) => SystemCallException.Check(fchmod(Raw(file), (int)mode), "fchmod");

    /// <summary>Sets both times.</summary>
    public static void SetTimes(SafeFileHandle file, QfileTime accessed, QfileTime modified)
    {
        var times = stackalloc long[] { accessed.Seconds, accessed.Nanoseconds, modified.Seconds, modified.Nanoseconds };
        SystemCallException.Check(futimens(Raw(file), times), "futimens");
    }

    /// <summary>Sets both times of a link itself.</summary>
    public static void SetLinkTimes(SafeFileHandle directory, ReadOnlySpan<byte> name, QfileTime accessed, QfileTime modified)
    {
        var times = stackalloc long[] { accessed.Seconds, accessed.Nanoseconds, modified.Seconds, modified.Nanoseconds };
        fixed (byte* pointer = Terminated(name))
            SystemCallException.Check(utimensat(Raw(directory), pointer, times, LinkItself), "utimensat");
    }

    /// <summary>Writes everything in the file system of a directory to disk.</summary>
    public static void Sync(SafeFileHandle directory) => SystemCallException.Check(syncfs(Raw(directory)), "syncfs");

    private static int Raw(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static SafeFileHandle Handle(int descriptor, string call) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw SystemCallException.Last(call);

    private static byte[] Terminated(ReadOnlySpan<byte> name)
    {
        var terminated = new byte[name.Length + 1];
        name.CopyTo(terminated);
        return terminated;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int directory, byte* name, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int directory, byte* name, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(int fromDirectory, byte* from, int directory, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int directory, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int faccessat(int directory, byte* name, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(int file, long* times);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int directory, byte* name, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int directory);
}
