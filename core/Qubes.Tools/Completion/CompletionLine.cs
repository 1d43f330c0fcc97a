using System.CommandLine;
using Qubes.Tools.Manual;

namespace Qubes.Tools.Completion;

/// <summary>
/// A command line that is being typed: which part of the command the last word belongs to. Words that the parser would refuse
/// do not
/// disturb.
/// </summary>
internal sealed class CompletionLine
{
    private CompletionLine(Command command, string word) => (Command, Word) = (command, word);

    /// <summary>The applet's command, or the one of its commands that was chosen.</summary>
    public Command Command { get; private set; }

    /// <summary>What is typed of the last word; of <c>--option=VALUE</c> only the value.</summary>
    public string Word { get; private set; }

    /// <summary>What stands before <see cref="Word"/> in the last word: <c>--option=</c>, or nothing.</summary>
    public string Lead { get; private set; } = "";

    /// <summary>The option whose value the last word is.</summary>
    public Option? Option { get; private set; }

    /// <summary>The words before that are arguments.</summary>
    public List<string> Arguments { get; } = [];

    /// <summary>The argument that the last word is, if it is neither an option nor the value of one.</summary>
    public Argument? Argument { get; private set; }

    /// <summary>Options are over: <c>--</c> was given.</summary>
    public bool OnlyArguments { get; private set; }

    /// <param name="words">What follows the tool's name; the last one is being typed.</param>
    public static CompletionLine Read(Command command, IReadOnlyList<string> words)
    {
        var line = new CompletionLine(command, words.Count == 0 ? "" : words[^1]);
        foreach (var word in words.SkipLast(1))
            line.Pass(word);
        line.ReadLast();
        return line;
    }

    private void Pass(string word)
    {
        if (Option is not null && !(word.StartsWith('-') && Option.AllowMultipleArgumentsPerToken))
        {
            Option = Option.AllowMultipleArgumentsPerToken ? Option : null;
            return;
        }

        Option = null;
        if (word == "--")
            OnlyArguments = true;
        else if (!OnlyArguments && word.StartsWith('-'))
            Option = word.Contains('=', StringComparison.Ordinal) ? null : Find(word);
        else if (Arguments.Count == 0 && Command.Subcommands.FirstOrDefault(part => Names(part).Contains(word)) is { } part)
            Command = part;
        else
            Arguments.Add(word);
    }

    private void ReadLast()
    {
        var equals = Word.IndexOf('=', StringComparison.Ordinal);
        if (Option is null && !OnlyArguments && Word.StartsWith("--", StringComparison.Ordinal) && equals > 0)
        {
            Option = Find(Word[..equals]);
            (Lead, Word) = (Word[..(equals + 1)], Word[(equals + 1)..]);
        }
        else if (Option is not null && Word.StartsWith('-') && Option.AllowMultipleArgumentsPerToken)
        {
            Option = null;
        }

        // The last argument takes all that follows if it takes several.
        Argument = Option is not null ? null
            : Arguments.Count < Command.Arguments.Count ? Command.Arguments[Arguments.Count]
            : Command.Arguments.LastOrDefault() is { Arity.MaximumNumberOfValues: > 1 } last ? last
            : null;
    }

    /// <summary>The option of this name that takes a value.</summary>
    private Option? Find(string name) =>
        Command.Options.FirstOrDefault(option => option.Aliases.Prepend(option.Name).Contains(name) && CommandText.TakesValue(option));

    private static IEnumerable<string> Names(Command command) => command.Aliases.Prepend(command.Name);
}
