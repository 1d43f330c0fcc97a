using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Agent.Native;

/// <content>What a guest is told apart by: random generator, clock, names.</content>
internal static unsafe partial class Libc
{
    private const int RealTime = 0;
    private const long Second = 1_000_000_000;
    private const int HostNameRoom = 65;
    private const int BitsPerByte = 8;
    private const nuint AddEntropyRequest = 0x40085203;
    private const nuint ReseedRequest = 0x5207;

    /// <summary>The clock, nanoseconds since 1970 UTC.</summary>
    public static long Clock
    {
        get
        {
            // struct timespec: seconds, nanoseconds
            var time = stackalloc long[2];
            _ = clock_gettime(RealTime, time);
            return time[0] * Second + time[1];
        }
    }

    /// <summary>The host name.</summary>
    public static string HostName
    {
        get
        {
            var name = stackalloc byte[HostNameRoom];
            _ = gethostname(name, HostNameRoom - 1);
            return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        }
    }

    /// <summary>Sets the clock, nanoseconds since 1970 UTC; false: that is not allowed.</summary>
    public static bool TrySetClock(long nanoseconds)
    {
        // struct timespec: seconds, nanoseconds
        var time = stackalloc long[] { nanoseconds / Second, nanoseconds % Second };
        return clock_settime(RealTime, time) == 0;
    }

    /// <summary>The numbers of the character device that a descriptor is; null if it is something else.</summary>
    public static (uint Major, uint Minor)? CharacterDevice(int fd)
    {
        const int itself = 0x1000, type = 0xf000, characterDevice = 0x2000;
        // struct statx: stx_mode u16 at offset 28, stx_rdev_major u32 at 128, stx_rdev_minor u32 at 132
        var status = stackalloc byte[StatusRoom];
        return statx(fd, "", itself, 0x7ff, status) == 0 && (*(ushort*)(status + 28) & type) == characterDevice
            ? (*(uint*)(status + 128), *(uint*)(status + 132))
            : null;
    }

    /// <summary>Mixes bytes into the kernel's generator and credits all their bits; false with an errno.</summary>
    public static bool TryAddEntropy(int generator, ReadOnlySpan<byte> seed)
    {
        // struct rand_pool_info: int entropy_count (bits), int buf_size (bytes), the bytes
        Span<byte> request = stackalloc byte[2 * sizeof(int) + seed.Length];
        BinaryPrimitives.WriteInt32LittleEndian(request, seed.Length * BitsPerByte);
        BinaryPrimitives.WriteInt32LittleEndian(request[sizeof(int)..], seed.Length);
        seed.CopyTo(request[(2 * sizeof(int))..]);
        fixed (byte* pointer = request)
        {
            var isDone = ioctl(generator, AddEntropyRequest, pointer) == 0;
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(request);
            return isDone;
        }
    }

    /// <summary>Has the kernel's generator take a new key at once; false with an errno.</summary>
    public static bool TryReseed(int generator) => ioctl(generator, ReseedRequest, null) == 0;

    /// <summary>Fills at most 256 bytes from the kernel's generator; false if it could not.</summary>
    public static bool TryDrawRandom(Span<byte> target)
    {
        fixed (byte* pointer = target)
            return getrandom(pointer, (nuint)target.Length, 0) == target.Length;
    }

    /// <summary>Writes to the beginning of a file: bytes written, or -1 with an errno.</summary>
    public static int WriteAtStart(int fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
            return (int)pwrite(fd, pointer, (nuint)source.Length, 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int gethostname(byte* name, nuint room);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getrandom(byte* target, nuint count, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(int fd, byte* source, nuint count, long offset);
}
