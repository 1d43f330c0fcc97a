using System.Text;
using Qubes.Tools.Admin;

namespace Qubes.Tools.Preferences;

/// <summary>
/// The value of a property (spec: Admin API, sections 6.1 and 6.3):
/// <code>
/// Get       = "default=" ("True" | "False") " type=" TYPE " " VALUE          ; VALUE to the end, any text
/// GetAll    = *(NAME " " Get LF)                                             ; in Get: "\\" is a backslash, "\n" a line feed
/// </code>
/// </summary>
/// <param name="Type"><c>str</c>, <c>int</c>, <c>bool</c>, <c>vm</c> or <c>label</c>.</param>
internal sealed record PropertyValue(bool IsDefault, string Type, string Text)
{
    /// <summary>It has no value: an empty number or truth value. An empty qube or label is a value, none.</summary>
    public bool IsMissing => Text.Length == 0 && Type is ("int" or "bool");

    public bool IsNone => Text.Length == 0 && Type is ("vm" or "label");

    public static PropertyValue Parse(string answer)
    {
        var words = answer.Split(' ', 3);
        if (words is not [var isDefault, var type, var value]
            || isDefault is not ("default=True" or "default=False")
            || !type.StartsWith("type=", StringComparison.Ordinal))
            throw new MalformedAnswerException($"this is not the value of a property: '{answer}'");
        return new PropertyValue(isDefault == "default=True", type["type=".Length..], value);
    }

    public static IReadOnlyDictionary<string, PropertyValue> ParseAll(string answer)
    {
        var values = new SortedDictionary<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0)
                throw new MalformedAnswerException($"a line of properties lacks name or value: '{line}'");
            values[line[..space]] = Parse(Unescape(line[(space + 1)..]));
        }

        return values;
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
                plain.Append(text[i]);
            else if (++i < text.Length && text[i] is ('\\' or 'n'))
                plain.Append(text[i] == 'n' ? '\n' : '\\');
            else
                throw new MalformedAnswerException($"a property's value has an escape that does not exist: '{text}'");
        }

        return plain.ToString();
    }
}
