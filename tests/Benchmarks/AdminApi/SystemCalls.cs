using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>
/// What a client in C would call. The load and the servers it is compared with use nothing else, so that what is measured is
/// the daemon and not this program.
/// </summary>
internal static unsafe partial class SystemCalls
{
    public const int Unix = 1;
    public const int StreamType = 1;
    public const int NoSignal = 0x4000;
    public const int ShutWrite = 1;
    public const short Readable = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct Polled
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept", SetLastError = true)]
    public static partial int Accept(int descriptor, nint address, nint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Polled* polled, nuint count, int timeout);

    /// <summary>Returns when everything that any process wrote is on disk.</summary>
    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void Sync();

    public static nint Checked(nint result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary><c>struct sockaddr_un</c>: family (2 bytes), path, NUL.</summary>
    public static byte[] Address(string path) => [Unix, 0, .. System.Text.Encoding.UTF8.GetBytes(path), 0];
}
