using System.Diagnostics;

namespace Qubes.GuestTools.Desktop;

/// <summary>
/// A program that shows something to the user. Its input and output lead nowhere, since a service's own carry data; what it writes
/// to standard error is the caller's to read.
/// </summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="Folder">Where it is started; null for here.</param>
internal sealed record LaunchedProgram(IReadOnlyList<string> Words, string? Folder = null)
{
    private const string Detach = "exec \"$0\" \"$@\" </dev/null >/dev/null";

    /// <summary>Starts it and waits until it ends.</summary>
    /// <returns>Its exit status; 127 if there is no such program.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = Folder ?? "" };
        foreach (var word in (string[])["-c", Detach, .. Words])
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }
}
