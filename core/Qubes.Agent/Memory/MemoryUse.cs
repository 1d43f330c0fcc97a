using System.Buffers.Text;

namespace Qubes.Agent.Memory;

/// <summary>How much memory this guest uses, from what its kernel tells.</summary>
internal static class MemoryUse
{
    // /proc/meminfo, one line each, in any order; others are passed over:
    //   NAME ':' SPACE* DIGITS ' kB' LF
    // /proc/vmstat, one line each:
    //   NAME ' ' DIGITS LF

    private const int Wanted = 9;
    private const int PageKib = 4;

    /// <summary>
    /// KiB that are neither free nor could be made free at once, and what was swapped out beside: memory that is in the page cache for
    /// files alone, in buffers or in caches of the kernel that it gives up is free in this sense, a tmpfs is not. Null if a line is missing.
    /// </summary>
    /// <remarks>
    /// What the balloon took is no use either. The kernel takes it off MemTotal, but not where the balloon gives way when memory runs
    /// out: then it counts as used, and has to be subtracted here.
    /// </remarks>
    public static long? Of(ReadOnlySpan<byte> meminfo, long ballooned)
    {
        long use = 0, found = 0;
        while (!meminfo.IsEmpty)
        {
            var line = NextLine(ref meminfo);
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || FactorOf(line[..colon]) is not (not 0 and var factor))
                continue;
            if (!Utf8Parser.TryParse(line[(colon + 1)..].TrimStart((byte)' '), out long kib, out _) || kib < 0)
                return null;
            use += factor * kib;
            found++;
        }

        return found == Wanted ? Math.Clamp(use - ballooned, 0, uint.MaxValue) : null;
    }

    /// <summary>KiB that the balloon holds now, from the kernel's counters; 0 if it does not count them.</summary>
    public static long Ballooned(ReadOnlySpan<byte> vmstat)
    {
        long pages = 0;
        while (!vmstat.IsEmpty)
        {
            var line = NextLine(ref vmstat);
            if (Counter(line, "balloon_inflate "u8) is { } taken)
                pages += taken;
            else if (Counter(line, "balloon_deflate "u8) is { } given)
                pages -= given;
        }

        return Math.Max(pages, 0) * PageKib;
    }

    // What is in the swap cache is both in memory and swapped out; it counts once.
    private static int FactorOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("MemTotal"u8) || name.SequenceEqual("Shmem"u8) || name.SequenceEqual("SwapTotal"u8) ? 1
        : name.SequenceEqual("MemFree"u8) || name.SequenceEqual("Buffers"u8) || name.SequenceEqual("Cached"u8)
            || name.SequenceEqual("SReclaimable"u8) || name.SequenceEqual("SwapFree"u8) || name.SequenceEqual("SwapCached"u8) ? -1
        : 0;

    private static long? Counter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.StartsWith(name) && Utf8Parser.TryParse(line[name.Length..], out long value, out _) ? value : null;

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return line;
    }
}
