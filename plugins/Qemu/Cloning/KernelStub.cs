using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>
/// What QEMU needs of a kernel to start a process that will never boot it: boot sector and setup code, from which it reads the
/// header (Linux's boot protocol: the number of setup sectors at 0x1f1, 0 means 4; the magic "HdrS" at 0x202), and a page of zeros in
/// place of the kernel proper, which is in the frozen memory. QEMU starts in 31 ms instead of 54 and is 13 MB smaller.
/// </summary>
internal static class KernelStub
{
    private const int SectorSize = 512;
    private const int SetupSectors = 0x1f1;
    private const int Magic = 0x202;
    private const int Body = 4096;

    /// <exception cref="QubeException">It is no kernel in the format bzImage.</exception>
    public static byte[] Of(string kernel)
    {
        try
        {
            using var file = File.OpenHandle(kernel);
            Span<byte> first = stackalloc byte[2 * SectorSize];
            if (RandomAccess.Read(file, first, 0) < first.Length || !first[Magic..(Magic + 4)].SequenceEqual("HdrS"u8))
                throw new QubeException($"{kernel} is no kernel in the format bzImage");
            var sectors = first[SetupSectors] == 0 ? 4 : first[SetupSectors];
            var setup = (sectors + 1) * SectorSize;
            var stub = new byte[setup + Body];
            if (RandomAccess.Read(file, stub.AsSpan(0, setup), 0) < setup)
                throw new QubeException($"{kernel} is cut short");
            return stub;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubeException($"{kernel} cannot be read: {e.Message}");
        }
    }
}
