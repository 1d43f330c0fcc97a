using System.Globalization;

namespace Qubes.Plugins.Qemu.Processes;

/// <summary>
/// What <c>/proc</c> says about a process. Pid and start together name a process for as long as the host runs: a pid that is
/// used anew has another start.
/// </summary>
/// <param name="Start">Clock ticks (1/100 s) after the host's boot.</param>
/// <param name="IsZombie">It has ended and waits for its parent.</param>
/// <param name="CpuTime">User and system time of all its threads.</param>
/// <param name="ResidentKiB">Its pages that are in memory, shared ones counted whole (RSS); the kernel keeps the count as it goes.</param>
/// <param name="User">The effective user id.</param>
/// <param name="Program">What it runs; null where that may not be seen.</param>
internal sealed record ProcessFacts(long Start, bool IsZombie, TimeSpan CpuTime, long ResidentKiB, uint User, string? Program)
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux for x86
    private const string Replaced = " (deleted)";

    /// <summary>The facts, or null when there is no such process.</summary>
    public static ProcessFacts? Of(int pid)
    {
        try
        {
            // pid (name) state ppid … utime is field 14, stime 15, starttime 22, rss 24 in pages; the name may contain anything, even ')'.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var cpu = Number(fields[14 - 3]) + Number(fields[15 - 3]);
            return new ProcessFacts(
                Number(fields[22 - 3]),
                fields[0] is "Z" or "X",
                TimeSpan.FromSeconds((double)cpu / TicksPerSecond),
                Number(fields[24 - 3]) * Environment.SystemPageSize / 1024,
                EffectiveUser(pid),
                ProgramOf(pid));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null; // gone before or while it was read (ESRCH)
        }
    }

    /// <summary>This boot of the host.</summary>
    public static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static uint EffectiveUser(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }

    private static string? ProgramOf(int pid)
    {
        try
        {
            var target = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
            return target is not null && target.EndsWith(Replaced, StringComparison.Ordinal) ? target[..^Replaced.Length] : target;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
