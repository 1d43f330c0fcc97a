using System.Text;

namespace Qubes.Tools.Running;

/// <summary>
/// Words the input of <c>qubes.VMShell</c>: a line for the shell, then the command's own data (spec: qrexec protocol, section
/// 10).
/// The command replaces the shell, so that no byte of its data is read as a command.
/// </summary>
internal static class VmShell
{
    public static byte[] Line(string command) => Encoding.UTF8.GetBytes($"exec bash -c {Quote(command)} || exit 127\n");

    /// <summary>A command line of these words, each quoted.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>Single quotes, within which a POSIX shell takes everything but a single quote as it is.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
