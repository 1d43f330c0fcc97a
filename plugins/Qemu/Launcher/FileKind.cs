using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qubes.Machine.Launcher;

/// <summary>Tells files from devices, pipes and directories.</summary>
internal static unsafe partial class FileKind
{
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH: the descriptor itself
    private const uint TypeAndMode = 0x3; // STATX_TYPE | STATX_MODE
    private const int ModeOffset = 28; // u16 in struct statx
    private const int KindMask = 0xf000;
    private const int Regular = 0x8000;

    /// <summary>Whether the open descriptor is a regular file.</summary>
    public static bool IsRegular(int descriptor)
    {
        Span<byte> facts = stackalloc byte[256];
        fixed (byte* first = facts)
            Native.Check(Stat(descriptor, "", EmptyPath, TypeAndMode, first), "statx");
        return (BinaryPrimitives.ReadUInt16LittleEndian(facts[ModeOffset..]) & KindMask) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int directory, string path, int flags, uint mask, byte* result);
}
