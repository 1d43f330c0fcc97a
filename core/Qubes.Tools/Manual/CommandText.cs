using System.CommandLine;

namespace Qubes.Tools.Manual;

/// <summary>How the parts of a command line are written in a manual page.</summary>
internal static class CommandText
{
    /// <summary><c>[X]</c>, <c>X…</c> or <c>[X…]</c> by the number of values.</summary>
    public static string Of(Argument argument)
    {
        var name = Roff.Italic(argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    /// <summary>All names, long ones first, and the value.</summary>
    public static string Of(Option option)
    {
        var names = option.Aliases.Prepend(option.Name).Distinct().OrderByDescending(name => name.StartsWith("--", StringComparison.Ordinal));
        return string.Join(", ", names.Select(name => Roff.Bold(name) + Value(option, name)));
    }

    /// <summary>The description, with the default if it has one that says something.</summary>
    public static string Describe(Option option)
    {
        var text = option.Description ?? "";
        return TakesValue(option) && option.HasDefaultValue && option.GetDefaultValue()?.ToString() is { Length: > 0 } value
            ? $"{text} (default: {value})."
            : text + ".";
    }

    public static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static string Value(Option option, string name)
    {
        if (!TakesValue(option))
            return "";
        var value = Roff.Italic(option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant())
            + (option.AllowMultipleArgumentsPerToken ? "..." : "");
        var separator = name.StartsWith("--", StringComparison.Ordinal) && !option.AllowMultipleArgumentsPerToken ? "=" : " ";
        return option.Arity.MinimumNumberOfValues == 0 ? $"[{separator}{value}]" : separator + value;
    }
}
