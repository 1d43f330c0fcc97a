using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>What a daemon and its machines have and keep, counted: two of them are equal when nothing came and nothing stayed behind.</summary>
/// <param name="Machines">Processes of machines.</param>
/// <param name="Memories">Memory files (memfd) that the daemon or a machine has open or mapped.</param>
/// <param name="Descriptors">The daemon's files and sockets of machines: below the runtime directory, or in a deleted file.</param>
/// <param name="Files">Below the state and runtime directories, without logs and the data base's own.</param>
/// <param name="Rows">Lines of the data base's dump.</param>
internal sealed record Footprint(int Machines, int Memories, int Descriptors, int Files, int Rows)
{
    public static async Task<Footprint> OfAsync(Daemon daemon)
    {
        var machines = daemon.Machines().Select(m => m.Split(' ')[0]).ToList();
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        var files = ((string[])["/var/lib", "/run"]).SelectMany(d => Directory.EnumerateFileSystemEntries(daemon.Root + d, "*", everything))
            .Count(f => !f.Contains("/state.db", StringComparison.Ordinal));
        var rows = (await LocalProgram.RunAsync("sqlite3", "-readonly", daemon.Root + "/var/lib/qubes/state.db", ".dump")).Succeeded().Text.Count(c => c == '\n');
        var opened = Links($"/proc/{daemon.ProcessId}/fd");
        return new(
            machines.Count,
            machines.Append($"{daemon.ProcessId}").Sum(p => Links($"/proc/{p}/fd").Concat(Links($"/proc/{p}/map_files")).Where(IsMemory).Distinct().Count()),
            opened.Count(l => l.StartsWith(daemon.Root + "/run/", StringComparison.Ordinal) || l.EndsWith(" (deleted)", StringComparison.Ordinal)),
            files,
            rows);
    }

    private static bool IsMemory(string link) => link.StartsWith("/memfd:", StringComparison.Ordinal) && !link.Contains("doublemapper", StringComparison.Ordinal);

    private static IReadOnlyList<string> Links(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(f => new FileInfo(f).LinkTarget ?? "")];
        }
        catch (IOException)
        {
            // Its process has ended.
            return [];
        }
    }
}
