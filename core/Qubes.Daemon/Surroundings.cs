using Qubes.Sdk.Hosting;

namespace Qubes.Daemon;

/// <summary>What the daemon finds around itself.</summary>
/// <param name="Paths">Where things live.</param>
/// <param name="Output">Gets the line that says the daemon is ready.</param>
/// <param name="Error">Gets the line that says why it is not.</param>
/// <param name="NotifySocket">The service manager's socket; null without one.</param>
/// <param name="ToJournal">Standard error is the journal.</param>
/// <param name="Time">The clock.</param>
internal sealed record Surroundings(
    QubesPaths Paths, TextWriter Output, TextWriter Error, string? NotifySocket, bool ToJournal, TimeProvider Time)
{
    private const string DaemonFolder = "/lib/qubes/daemon";

    /// <summary>From the environment; what was meant for this process alone is taken out of it.</summary>
    public static Surroundings OfThisProcess()
    {
        var notifySocket = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        return new(
            PathsFor(Environment.GetEnvironmentVariable("QUBES_ROOT"), AppContext.BaseDirectory),
            Console.Out,
            Console.Error,
            notifySocket,
            Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null,
            TimeProvider.System);
    }

    /// <param name="root">The value of <c>QUBES_ROOT</c>.</param>
    /// <param name="program">Where the program lies: <c>PREFIX/lib/qubes/daemon</c>.</param>
    public static QubesPaths PathsFor(string? root, string program)
    {
        var folder = program.TrimEnd('/');
        // Elsewhere, as when built and not laid out, nothing ships with it.
        var prefix = folder.EndsWith(DaemonFolder, StringComparison.Ordinal) ? folder[..^DaemonFolder.Length] : folder;
        return new(string.IsNullOrEmpty(root) ? "" : Path.GetFullPath(root), prefix);
    }
}
