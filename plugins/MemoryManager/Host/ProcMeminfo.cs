using System.Globalization;

namespace Qubes.Plugins.MemoryManager.Host;

/// <summary>The Linux kernel's own account.</summary>
internal sealed class ProcMeminfo(string path = "/proc/meminfo") : IHostMemory
{
    public HostReading? Read()
    {
        try
        {
            return Parse(File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // meminfo-line = name ":" 1*SP 1*DIGIT " kB"
    private static HostReading? Parse(IEnumerable<string> lines)
    {
        long? total = null, available = null;
        foreach (var line in lines)
        {
            if (total is not null && available is not null)
                break;
            if (line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries) is not [var name, var kib, "kB"]
                || !long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue / 1024)
                continue;
            if (name == "MemTotal")
                total = number * 1024;
            else if (name == "MemAvailable")
                available = number * 1024;
        }
        return total is { } all && available is { } free ? new HostReading(all, free) : null;
    }
}
