namespace Qubes.GuestTools.Commands;

/// <summary>
/// Options and words of a command line:
/// <code>
/// line   = *( option / word ) [ "--" *word ]
/// option = "--NAME" / "--NAME=VALUE" / "--NAME" VALUE / "-N" / "-N" VALUE / "-NVALUE"
/// </code>
/// </summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string?> options = new(StringComparer.Ordinal);
    private readonly List<string> words = [];

    private CommandLine()
    {
    }

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Words => words;

    /// <param name="known">
    /// All spellings of each option, the first of which it is asked for by, separated by <c>|</c>; an option with a value ends in
    /// <c>=</c>: <c>--batch|-b=</c>.
    /// </param>
    /// <param name="wordsEndOptions">Whether everything behind the first word is a word, too.</param>
    /// <exception cref="UsageException">An option is unknown, lacks its value or has one that it does not take.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> known, bool wordsEndOptions = false)
    {
        var line = new CommandLine();
        var at = 0;
        while (at < arguments.Count)
        {
            var argument = arguments[at++];
            if (argument == "--")
                break;
            if (argument.Length < 2 || argument[0] != '-')
            {
                line.words.Add(argument);
                if (wordsEndOptions)
                    break;
            }
            else
            {
                line.Take(argument, known, arguments, ref at);
            }
        }

        line.words.AddRange(arguments.Skip(at));
        return line;
    }

    public bool Has(string option) => options.ContainsKey(option);

    /// <summary>An option's value; null if it was not given.</summary>
    public string? Value(string option) => options.GetValueOrDefault(option);

    /// <exception cref="UsageException">It is no whole number in that range.</exception>
    public int Number(string option, int least, int most, int otherwise)
    {
        if (Value(option) is not { } text)
            return otherwise;
        return int.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{option}: '{SafeText.OneLine(text)}' is no whole number from {least} to {most}");
    }

    private void Take(string argument, IReadOnlyList<string> known, IReadOnlyList<string> arguments, ref int at)
    {
        var isLong = argument.StartsWith("--", StringComparison.Ordinal);
        var equals = isLong ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        var spelling = !isLong ? argument[..2] : equals < 0 ? argument : argument[..equals];
        var value = !isLong ? (argument.Length > 2 ? argument[2..] : null) : equals < 0 ? null : argument[(equals + 1)..];
        var definition = known.FirstOrDefault(d => d.TrimEnd('=').Split('|').Contains(spelling, StringComparer.Ordinal))
            ?? throw new UsageException($"unknown option {SafeText.OneLine(spelling)}");
        var takesValue = definition.EndsWith('=');
        if (takesValue && value is null)
            value = at < arguments.Count ? arguments[at++] : throw new UsageException($"{spelling} needs a value");
        if (!takesValue && value is not null)
            throw new UsageException($"{SafeText.OneLine(argument)}: {spelling} takes no value");
        options[definition.TrimEnd('=').Split('|')[0]] = value;
    }
}
