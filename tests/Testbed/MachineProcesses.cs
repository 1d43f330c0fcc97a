namespace Qubes.Testbed;

/// <summary>
/// Finds the hypervisor's processes below a root: each runs in its machine's runtime directory, also when that is gone.
/// </summary>
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
                var directory = new FileInfo(process + "/cwd").LinkTarget ?? "";
                if (command.Contains("qemu-system", StringComparison.Ordinal) && directory.StartsWith(root + "/", StringComparison.Ordinal))
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
