namespace Qubes.Testbed;

/// <summary>Finds the hypervisor's processes the way an operator would: by what they were started with.</summary>
public static class MachineProcesses
{
    public static IReadOnlyList<string> Below(string root)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                var command = File.ReadAllText(process + "/cmdline").Replace('\0', ' ');
                if (command.Contains("qemu-system", StringComparison.Ordinal) && command.Contains(root + "/", StringComparison.Ordinal))
                    found.Add($"{Path.GetFileName(process)} {command}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at.
            }
        }
        return found;
    }
}
