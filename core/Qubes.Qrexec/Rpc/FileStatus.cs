using System.Runtime.InteropServices;

namespace Qubes.Qrexec.Rpc;

/// <summary>What a path leads to. The framework's own look cannot tell a socket from a file.</summary>
internal static unsafe partial class FileStatus
{
    public const int NoEntry = 2;
    public const int NotDirectory = 20;
    public const int TypeMask = 0xf000;
    public const int RegularFile = 0x8000;
    public const int SocketFile = 0xc000;
    public const int AnyExecute = 0x49;
    private const int WorkingDirectory = -100;
    private const int BasicFields = 0x7ff;
    private const int StatusRoom = 256;

    /// <summary>Type and permissions, links followed; with an errno if there is nothing.</summary>
    public static (int Mode, int Error) Of(string path)
    {
        // struct statx: stx_mode is the u16 at offset 28.
        var status = stackalloc byte[StatusRoom];
        return statx(WorkingDirectory, path, 0, BasicFields, status) == 0
            ? (*(ushort*)(status + 28), 0)
            : (0, Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
