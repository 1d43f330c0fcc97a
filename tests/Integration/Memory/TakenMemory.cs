using System.Runtime.InteropServices;

namespace Qubes.Integration.Tests.Memory;

/// <summary>Memory that the test itself takes from the host, every page of it, until it is disposed of.</summary>
internal sealed unsafe class TakenMemory : IDisposable
{
    private const long MiB = 1 << 20;

    // The allocator maps what is so large on its own, and gives it back when it is freed.
    private void* pages;

    public TakenMemory(long mib)
    {
        pages = NativeMemory.Alloc((nuint)(mib * MiB));
        for (long i = 0; i < mib; i++)
            new Span<byte>((byte*)pages + i * MiB, (int)MiB).Fill(1);
    }

    /// <summary>MiB that the host has available.</summary>
    public static long AvailableMiB => Figure("/proc/meminfo", "MemAvailable:") / 1024;

    /// <summary>How many processes the kernel has killed for want of memory since the host booted.</summary>
    public static long Killed => Figure("/proc/vmstat", "oom_kill");

    public void Dispose()
    {
        NativeMemory.Free(pages);
        pages = null;
    }

    private static long Figure(string path, string name) => long.Parse(
        File.ReadLines(path).First(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
