using System.Text.RegularExpressions;

namespace Qubes.Testbed;

/// <summary>What disposables could leave behind: files, sockets, processes and rows of the state.</summary>
public static partial class Traces
{
    public static async Task<IReadOnlyList<string>> OfDisposablesAsync(Daemon daemon)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        // Logs are kept on purpose.
        var files = Directory.EnumerateFileSystemEntries(daemon.Root, "*", everything)
            .Where(path => NamesDisposable().IsMatch(Path.GetFileName(path)) && !path.Contains("/log/", StringComparison.Ordinal));
        var rows = await LocalProgram.RunAsync("sqlite3", "-readonly", daemon.Root + "/var/lib/qubes/state.db", ".dump");
        return
        [
            .. files,
            .. daemon.Machines().Where(machine => NamesDisposable().IsMatch(machine)),
            .. rows.Succeeded().Text.Split('\n').Where(row => NamesDisposable().IsMatch(row)),
        ];
    }

    [GeneratedRegex(@"\bdisp[0-9]+\b")]
    private static partial Regex NamesDisposable();
}
