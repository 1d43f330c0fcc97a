using System.CommandLine;

namespace Qubes.Tools.Running;

/// <summary>
/// Brings the words of <c>qvm-run</c> into the order in which the parser can tell our options from those of the command:
/// <c>OPTION… VMNAME COMMAND [WORD…]</c>, where options may have stood between VMNAME and COMMAND, and VMNAME is
/// <see cref="NoQube"/> with <c>--dispvm</c> and <c>--all</c>.
/// </summary>
internal sealed class CommandWords(Command command, RunOptions options)
{
    /// <summary>In the place of VMNAME where there is none. Not a qube's name.</summary>
    public const string NoQube = "@none";

    private readonly List<string> ours = [];
    private string? qube;

    public IReadOnlyList<string> Arrange(IReadOnlyList<string> arguments)
    {
        var i = 0;
        var ended = false;
        for (; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (!ended && word == "--")
            {
                ended = true;
                ours.Add(word);
            }
            else if (!ended && word is ['-', _, ..])
            {
                TakeOption(arguments, ref i);
            }
            else if (qube is null)
            {
                qube = word;
            }
            else
            {
                break;
            }
        }

        // The mark also keeps a "--dispvm" without a value from taking the next word for one.
        if (!ended)
            ours.Add("--");
        return qube is null ? ours : [.. ours, qube, .. arguments.Skip(i)];
    }

    private void TakeOption(IReadOnlyList<string> arguments, ref int i)
    {
        var word = arguments[i];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var option = Find(equals < 0 ? word : word[..equals]);
        if (option == options.Disposable || option == options.All)
            qube ??= NoQube;
        var takesNext = equals < 0 && i + 1 < arguments.Count
            && (option is { Arity.MinimumNumberOfValues: > 0 } && option.ValueType != typeof(bool)
                || option == options.Disposable && !arguments[i + 1].StartsWith('-'));
        ours.Add(takesNext ? $"{LongName(option!)}={arguments[++i]}" : word);
        // Of short options written together the last may take a value: the others stay as they are.
        if (takesNext && !Names(option!).Contains(word))
            ours.Insert(ours.Count - 1, word[..^1]);
    }

    private Option? Find(string name) =>
        command.Options.FirstOrDefault(option => Names(option).Contains(name))
        ?? (name.StartsWith("--", StringComparison.Ordinal)
            ? null
            : command.Options.FirstOrDefault(option => Names(option).Contains("-" + name[^1])));

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name);

    private static string LongName(Option option) => Names(option).First(name => name.StartsWith("--", StringComparison.Ordinal));
}
