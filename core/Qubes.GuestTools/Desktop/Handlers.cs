using System.Diagnostics;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Desktop;

/// <summary>
/// Finds the program that opens a file or URL: what <c>/etc/qubes/open-with</c> says, else the desktop's default, else the
/// mailcap's. Each is one that can be waited for; <c>xdg-open</c>, which may return at once, comes last.
/// </summary>
internal sealed class Handlers(Surroundings surroundings)
{
    private const string ConfigurationFile = "etc/qubes/open-with";
    private const int LongestAnswer = 4096;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <exception cref="CommandException">Nothing opens it, or what says so is malformed.</exception>
    public async Task<LaunchedProgram> ForFileAsync(string path, CancellationToken cancellation) =>
        Configured(file => file.ForFile(path))
        ?? await DesktopDefaultAsync(["query", "filetype", path], type => type, path, cancellation)
        ?? InPath("run-mailcap", "--action=view", path)
        ?? InPath("xdg-open", path)
        ?? throw Nothing($"files such as {Path.GetFileName(path)}");

    /// <exception cref="CommandException">Nothing opens it, or what says so is malformed.</exception>
    public async Task<LaunchedProgram> ForUrlAsync(string url, CancellationToken cancellation)
    {
        var scheme = url[..url.IndexOf(':', StringComparison.Ordinal)];
        return Configured(file => file.ForUrl(url))
            ?? await DesktopDefaultAsync(null, _ => "x-scheme-handler/" + scheme, url, cancellation)
            ?? InPath("x-www-browser", url)
            ?? InPath("xdg-open", url)
            ?? throw Nothing($"{scheme} URLs");
    }

    private static CommandException Nothing(string what) =>
        new($"no program here opens {what}: install one, or name one in /{ConfigurationFile}");

    private LaunchedProgram? Configured(Func<OpenWithFile, LaunchedProgram?> find)
    {
        try
        {
            return find(new OpenWithFile(surroundings.File(ConfigurationFile)));
        }
        catch (FormatException e)
        {
            throw new CommandException(SafeText.OneLine(e.Message));
        }
    }

    private async Task<LaunchedProgram?> DesktopDefaultAsync(
        string[]? typeQuery, Func<string, string> typeOf, string subject, CancellationToken cancellation)
    {
        if (Executable("xdg-mime") is not { } tool)
            return null;
        var type = typeOf(typeQuery is null ? "" : await AskAsync(tool, typeQuery, cancellation));
        if (type.Length == 0)
            return null;
        var name = await AskAsync(tool, ["query", "default", type], cancellation);
        if (!name.EndsWith(".desktop", StringComparison.Ordinal) || new DesktopEntries(surroundings).Find(name[..^8]) is not { } entry)
            return null;
        try
        {
            return entry.Launch(subject);
        }
        catch (FormatException e)
        {
            throw new CommandException(SafeText.OneLine($"{entry.Path}: {e.Message}"));
        }
    }

    private LaunchedProgram? InPath(string program, params string[] arguments) =>
        Executable(program) is { } path ? new LaunchedProgram([path, .. arguments]) : null;

    private string? Executable(string name) => (surroundings.Variable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(path => File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0);

    private async Task<string> AskAsync(string tool, string[] question, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, question) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        using var limit = new CancellationTokenSource(AnswerLimit, surroundings.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            process.StandardInput.Close();
            var answer = new char[LongestAnswer];
            var length = await process.StandardOutput.ReadBlockAsync(answer, either.Token);
            return new string(answer, 0, length).Split('\n', ';')[0].Trim();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "";
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
