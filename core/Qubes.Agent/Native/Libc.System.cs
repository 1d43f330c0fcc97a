using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <content>File systems, modules, the machine.</content>
internal static unsafe partial class Libc
{
    public const uint MountNoSuid = 2;
    public const uint MountNoDevices = 4;
    public const uint MountNoExec = 8;
    public const uint MountReadOnly = 1;
    public const uint Remount = 32;
    public const uint MountNoAccessTimes = 1024;
    public const uint MountBind = 4096;
    public const uint MountMove = 8192;
    private const int SystemCallLoadModule = 313;
    private const int StatusRoom = 256;
    private const int WorkingDirectory = -100;

    /// <summary>Mounts.</summary>
    public static void Mount(string source, string target, string? type, uint flags, string? options)
    {
        if (mount(source, target, type, flags, options) != 0)
            throw SystemCallException.Last($"mount {source} on {target}");
    }

    /// <summary>Unmounts, at the latest when nobody uses it any more.</summary>
    public static void UnmountLazily(string target) => _ = umount2(target, 2);

    /// <summary>Makes the directory the root of this process.</summary>
    public static void ChangeRoot(string path)
    {
        if (chroot(path) != 0)
            throw SystemCallException.Last($"chroot {path}");
    }

    /// <summary>Loads a kernel module from an open file; one that is there already is fine.</summary>
    public static void LoadModule(int fd)
    {
        fixed (byte* none = "\0"u8)
        {
            if (syscall(SystemCallLoadModule, fd, (nint)none, 0) != 0 && Marshal.GetLastPInvokeError() != Errno.Exists)
                throw SystemCallException.Last("finit_module");
        }
    }

    /// <summary>Sets the host name.</summary>
    public static void SetHostName(ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = name)
        {
            if (sethostname(pointer, (nuint)name.Length) != 0)
                throw SystemCallException.Last("sethostname");
        }
    }

    /// <summary>Enables a device as swap space.</summary>
    public static void EnableSwap(string path)
    {
        if (swapon(path, 0) != 0)
            throw SystemCallException.Last($"swapon {path}");
    }

    /// <summary>Writes everything to disk.</summary>
    public static void Sync() => sync();

    /// <summary>Restarts the machine, which its hypervisor turns into an end.</summary>
    public static void Reboot() => _ = reboot(0x1234567);

    /// <summary>Type and permissions of what a path leads to, links followed; null with an errno if there is nothing.</summary>
    public static (ushort Mode, int Error) FileMode(string path)
    {
        // struct statx: stx_mode is the u16 at offset 28.
        var status = stackalloc byte[StatusRoom];
        return statx(WorkingDirectory, path, 0, 0x7ff, status) == 0
            ? (*(ushort*)(status + 28), 0)
            : ((ushort)0, Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Whether a path is a socket that this user made there: no link to one, symbolic or hard, whose owner is someone else's or
    /// who knows nothing of it.
    /// </summary>
    public static bool IsSocketOf(string path, uint user)
    {
        const int notFollowing = 0x100, type = 0xf000, socketType = 0xc000;
        // struct statx: stx_nlink u32 at offset 16, stx_uid u32 at 20, stx_mode u16 at 28
        var status = stackalloc byte[StatusRoom];
        return statx(WorkingDirectory, path, notFollowing, 0x7ff, status) == 0
            && (*(ushort*)(status + 28) & type) == socketType
            && *(uint*)(status + 20) == user
            && *(uint*)(status + 16) == 1;
    }

    /// <summary>Whether there is anything at a path, even a link to nothing.</summary>
    public static bool Exists(string path)
    {
        const int notFollowing = 0x100;
        var status = stackalloc byte[StatusRoom];
        return statx(WorkingDirectory, path, notFollowing, 0, status) == 0;
    }

    /// <summary>A non-blocking descriptor that becomes readable when something new is in the directory; -1 if there are too many.</summary>
    public static int WatchDirectory(string path)
    {
        const uint created = 0x100, movedHere = 0x80;
        var fd = inotify_init1(Descriptors.NonBlocking | Descriptors.CloseOnExec);
        if (fd >= 0 && inotify_add_watch(fd, path, created | movedHere) < 0)
        {
            Descriptors.Close(fd);
            fd = -1;
        }

        return fd;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(int fd, string path, uint events);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, string? options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chroot(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_settime(int clock, long* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sethostname(byte* name, nuint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int swapon(string path, int flags);

    [LibraryImport("libc")]
    private static partial void sync();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int reboot(int command);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
