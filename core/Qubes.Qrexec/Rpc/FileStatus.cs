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
    public const int Directory = 0x4000;
    public const int Link = 0xa000;
    public const int Sticky = 0x200;
    public const int OthersWrite = 0x12;
    private const int DoNotFollow = 0x100;
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

    /// <summary>Type, permissions and owner of the path itself, links not followed; with an errno if there is nothing.</summary>
    public static (int Mode, uint Owner, int Error) OfItself(string path)
    {
        // struct statx: stx_uid is the u32 at offset 20.
        var status = stackalloc byte[StatusRoom];
        return statx(WorkingDirectory, path, DoNotFollow, BasicFields, status) == 0
            ? (*(ushort*)(status + 28), *(uint*)(status + 20), 0)
            : (0, 0, Marshal.GetLastPInvokeError());
    }

    /// <summary>The user as whom this process acts on files.</summary>
    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
