using System.Text.RegularExpressions;

namespace Qubes.Testbed;

/// <summary>What disposables could leave behind: files, sockets, processes and rows of the state.</summary>
public static partial class Traces
{
    // Upstream's own bound for a disposable's end (spec: preloaded disposables, section 13.4).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>What is left when clean-up, which is nobody's wait, has had its time; returns early when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> OfDisposablesAsync(Daemon daemon)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = await FindAsync(daemon);
            if (left.Count == 0 || TimeProvider.System.GetElapsedTime(begin) > Patience)
                return left;
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task<IReadOnlyList<string>> FindAsync(Daemon daemon)
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
