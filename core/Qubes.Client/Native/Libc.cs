using System.Runtime.InteropServices;

namespace Qubes.Client.Native;

/// <summary>Descriptors.</summary>
internal static unsafe partial class Libc
{
    public const int FifoFile = 0x1000;
    public const int SocketFile = 0xc000;
    private const int GetDescriptorFlags = 1;
    private const int TypeMask = 0xf000;
    private const int EmptyPath = 0x1000;
    private const int TypeField = 1;
    private const int StatusRoom = 256;

    /// <summary>Whether the call just made may be made again later.</summary>
    public static bool WasTransient => Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted;

    /// <summary>Waits until something is true of an entry, or for so many milliseconds; -1 = for ever. The number of such entries.</summary>
    public static int Poll(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* pointer = entries)
        {
            var count = poll(pointer, (nuint)entries.Length, milliseconds);
            if (count >= 0)
                return count;
        }

        if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            throw SystemCallException.Last("poll");
        foreach (ref var entry in entries)
            entry.Happened = 0;
        return 0;
    }

    /// <summary>A second descriptor of the same file, which programs started from here inherit.</summary>
    public static int Share(int fd)
    {
        var copy = dup(fd);
        return copy >= 0 ? copy : throw SystemCallException.Last("dup");
    }

    /// <summary>Gives the three standard descriptors that are closed a place to lead to, so that nothing else gets their numbers.</summary>
    public static void OpenStandardDescriptors()
    {
        for (var fd = 0; fd <= 2; fd++)
        {
            // The lowest free number is taken.
            if (fcntl(fd, GetDescriptorFlags, 0) < 0)
                _ = open("/dev/null", Descriptors.ReadWrite, 0);
        }
    }

    /// <summary>What kind of file a descriptor is: the type bits of its mode; 0 if that cannot be told.</summary>
    public static int FileType(int fd)
    {
        // struct statx: stx_mode is the u16 at offset 28.
        var status = stackalloc byte[StatusRoom];
        return statx(fd, "", EmptyPath, TypeField, status) == 0 ? *(ushort*)(status + 28) & TypeMask : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
