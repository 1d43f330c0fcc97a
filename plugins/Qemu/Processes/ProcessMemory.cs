using System.Buffers.Text;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Processes;

/// <summary>
/// What <c>/proc/PID/smaps_rollup</c> says about a process: a line with the range, then one line each, in any order
/// (Documentation/filesystems/proc.rst of Linux):
/// <code>
/// RANGE PERMISSIONS … [rollup]
/// NAME ':' SPACE+ DIGITS ' kB'
/// </code>
/// Lines not asked for are passed over; one of the five that is missing, twice there or malformed makes all of it unknown.
/// </summary>
internal static class ProcessMemory
{
    private const int MaximumLength = 8 * 1024; // some 30 lines
    private const long MaximumKiB = 1L << 40;

    private static readonly string[] Names = ["Pss", "Private_Clean", "Private_Dirty", "Shared_Clean", "Shared_Dirty"];

    /// <summary>The memory of the process, or null when it is gone, another has its pid, or the kernel does not say.</summary>
    /// <param name="pid">Which.</param>
    /// <param name="start">When it was started (<see cref="ProcessFacts.Start"/>).</param>
    public static HostMemory? Of(int pid, long start)
    {
        Span<byte> text = stackalloc byte[MaximumLength];
        int length;
        try
        {
            using var file = File.OpenHandle($"/proc/{pid}/smaps_rollup");
            length = RandomAccess.Read(file, text, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The file is that of the process that had the pid when it was opened; that one is known to have been ours if it still is.
        return length < text.Length && ProcessFacts.Of(pid)?.Start == start ? Parse(text[..length]) : null;
    }

    /// <summary>The numbers in such a text, or null.</summary>
    public static HostMemory? Parse(ReadOnlySpan<byte> text)
    {
        Span<long> found = stackalloc long[Names.Length];
        found.Fill(-1);
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            var colon = line.IndexOf((byte)':');
            var index = colon < 0 ? -1 : IndexOf(line[..colon]);
            if (index < 0)
                continue;
            var value = line[(colon + 1)..].TrimStart((byte)' ');
            if (found[index] >= 0 || !Utf8Parser.TryParse(value, out long kib, out var used) || kib is < 0 or > MaximumKiB
                || !value[used..].SequenceEqual(" kB"u8))
                return null;
            found[index] = kib;
        }
        return found.Contains(-1) ? null : new HostMemory(found[0], found[1] + found[2], found[3] + found[4]);
    }

    private static int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (System.Text.Ascii.Equals(name, Names[i]))
                return i;
        }
        return -1;
    }
}
