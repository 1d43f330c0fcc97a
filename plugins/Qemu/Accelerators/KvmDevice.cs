using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>The device <c>/dev/kvm</c>.</summary>
internal static partial class KvmDevice
{
    private const string Path = "/dev/kvm";
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint GroupOnly = 0x10; // STATX_GID
    private const int GroupOffset = 24; // u32 in struct statx

    /// <summary>Whether this process may use it. That it opens does not say that a guest will run.</summary>
    public static bool IsOpenable()
    {
        try
        {
            using var device = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The group that may use it; null when there is no device.</summary>
    public static uint? Group()
    {
        Span<byte> facts = stackalloc byte[256];
        return Stat(CurrentDirectory, Path, 0, GroupOnly, ref MemoryMarshal.GetReference(facts)) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(facts[GroupOffset..])
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int directory, string path, int flags, uint mask, ref byte result);
}
