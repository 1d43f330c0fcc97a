namespace Qubes.Benchmarks.Clones;

/// <summary>What the host's kernel says of processes; one that has ended counts as nothing.</summary>
internal static class MachineMemory
{
    /// <summary>Sum of their proportional set sizes, MB (10^6 bytes): a page that several have is divided among them.</summary>
    public static double Pss(IEnumerable<int> processes) => processes.Sum(p => Lines($"/proc/{p}/smaps_rollup")
        .Where(l => l.StartsWith("Pss:", StringComparison.Ordinal))
        .Sum(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / 1e6));

    /// <summary>Processor time used, in ticks of 10 ms.</summary>
    public static long Ticks(IEnumerable<int> processes) => processes.Sum(p => Lines($"/proc/{p}/stat")
        .Sum(l => l[(l.LastIndexOf(')') + 2)..].Split(' ') is var fields ? long.Parse(fields[11]) + long.Parse(fields[12]) : 0));

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
