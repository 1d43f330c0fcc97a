using System.Globalization;

namespace Qubes.Plugins.MemoryManager.Host;

/// <summary>The Linux kernel's own account.</summary>
internal sealed class ProcMeminfo(string path = "/proc/meminfo") : IHostMemory
{
    // meminfo-line = name ":" 1*SP 1*DIGIT " kB"
    public HostReading? Read()
    {
        if (!File.Exists(path))
            return null;
        long? total = null, available = null;
        foreach (var line in File.ReadLines(path))
        {
            if (total is not null && available is not null)
                break;
            if (line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries) is not [var name, var kib, "kB"]
                || !long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            if (name == "MemTotal")
                total = number * 1024;
            else if (name == "MemAvailable")
                available = number * 1024;
        }
        return total is { } all && available is { } free ? new HostReading(all, free) : null;
    }
}
