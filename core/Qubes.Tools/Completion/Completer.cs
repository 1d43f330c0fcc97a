using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Completion;

/// <summary>
/// Completes command lines for shells, from what the applets declare; what an argument or option stands for follows from its
/// name in
/// help texts (VMNAME, POOL, …), and names of that kind are asked from the daemon.
/// </summary>
internal static class Completer
{
    /// <summary>The line that asks the shell to complete names of files.</summary>
    public const string Files = ":files";

    /// <summary>Writes the candidates, one a line. A daemon that does not answer means that there are none.</summary>
    /// <param name="words">What follows the tool's name; the last one is being typed.</param>
    public static async Task<int> RunAsync(
        Applet applet, IReadOnlyList<string> words, Session session, CancellationToken cancellation = default)
    {
        var common = new CommonOptions();
        var command = AppletCommand.Make(applet, common);
        var line = CompletionLine.Read(command, words);
        foreach (var candidate in await CandidatesAsync(line, command, session, cancellation))
        {
            if (candidate == Files || candidate.StartsWith(line.Word, StringComparison.Ordinal))
                session.Console.Out.WriteLine(candidate == Files ? candidate : line.Lead + candidate);
        }

        await session.Console.FlushAsync();
        return ExitCode.Success;
    }

    private static async Task<IEnumerable<string>> CandidatesAsync(
        CompletionLine line, Command root, Session session, CancellationToken cancellation)
    {
        if (line.Option is null && !line.OnlyArguments && line.Word.StartsWith('-'))
            return OptionNames(line.Command == root ? root.Options : line.Command.Options.Concat(root.Options.Where(option => option.Recursive)));
        if (line.Option is null && line.Arguments.Count == 0 && line.Command.Subcommands.Count > 0)
            return line.Command.Subcommands.Select(command => command.Name);
        var declared = line.Option is { } option
            ? option.CompletionSources.SelectMany(source => source(System.CommandLine.Completions.CompletionContext.Empty))
            : line.Argument?.CompletionSources.SelectMany(source => source(System.CommandLine.Completions.CompletionContext.Empty)) ?? [];
        var names = declared.Select(item => item.Label).ToList();
        if (names.Count > 0)
            return names;
        try
        {
            return await new NameSource(session, root.Name, line)
                .ListAsync(line.Option is { } given ? given.HelpName ?? "" : line.Argument?.Name ?? "", cancellation);
        }
        catch (Exception e) when (e is AdminException or ToolException)
        {
            // Someone is typing: this is no place for messages.
            return [];
        }
    }

    private static IEnumerable<string> OptionNames(IEnumerable<Option> options) => options
        .Where(option => !option.Hidden)
        .SelectMany(option => option.Aliases.Prepend(option.Name))
        .Where(name => name.StartsWith("--", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
