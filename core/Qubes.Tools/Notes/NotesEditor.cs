using System.Diagnostics;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Notes;

/// <summary>Lets the user change a text with an editor of their choice.</summary>
internal static class NotesEditor
{
    private const string Fallback = "vi";

    private static readonly string[] Variables = ["VISUAL", "EDITOR"];

    /// <exception cref="ToolException">The editor failed; the text stays as it was.</exception>
    public static async Task<string> EditAsync(string text, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("qvm-notes-").FullName;
        try
        {
            var file = Path.Combine(directory, "notes.txt");
            await File.WriteAllTextAsync(file, text, cancellation);
            // The variables may hold options, too: the shell takes them apart, and the file's name is an argument of its own.
            var start = new ProcessStartInfo("/bin/sh", ["-c", $"{Editor()} \"$1\"", "sh", file]);
            using var process = Process.Start(start) ?? throw new ToolException("cannot start /bin/sh");
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                throw new ToolException($"the editor '{Editor()}' ended with status {process.ExitCode}; the notes are unchanged");
            return await File.ReadAllTextAsync(file, cancellation);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Editor() =>
        Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(name => !string.IsNullOrEmpty(name))
        ?? Fallback;
}
