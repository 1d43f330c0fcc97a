using System.Globalization;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>Property values as text: on the wire, and in the state store.</summary>
internal static class PropertyValues
{
    public static string Format(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "True" : "False",
        int number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        Label label => label.Name,
        IQube qube => qube.Name,
        _ => throw new ArgumentException($"no property has a value of type {value.GetType()}", nameof(value)),
    };

    /// <summary>Parses what a client sent (spec: Admin API, section 7.1, "Sanitising").</summary>
    public static object? Parse(string property, PropertyType type, string text, QubeRegistry qubes)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('\x20', '\x7e'))
            throw new InvalidValueException($"Invalid value for property '{property}': only printable ASCII is accepted");
        return type switch
        {
            PropertyType.Text => text,
            PropertyType.Number => ParseNumber(property, text),
            PropertyType.Flag => ParseFlag(property, text),
            PropertyType.Qube => text.Length == 0 ? null : ParseQube(property, text, qubes),
            PropertyType.Label => qubes.FindLabel(text),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }

    // Surrounding blanks and single underscores between digits are legal, as the reference daemon's language has it.
    private static int ParseNumber(string property, string text)
    {
        var digits = text.Trim();
        var misplaced = digits.StartsWith('_') || digits.EndsWith('_') || digits.Contains("__", StringComparison.Ordinal);
        if (!misplaced && int.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var number))
            return number;
        throw new InvalidValueException($"Invalid value for property '{property}': '{text}' is not a whole number of at most {int.MaxValue}");
    }

    private static bool ParseFlag(string property, string text) => text.ToLowerInvariant() switch
    {
        "1" or "yes" or "true" or "on" => true,
        "0" or "no" or "false" or "off" => false,
        _ => throw new InvalidValueException(
            $"Invalid value for property '{property}': '{text}' is none of 0/no/false/off and 1/yes/true/on"),
    };

    private static IQube ParseQube(string property, string text, QubeRegistry qubes)
    {
        if (!text.StartsWith("uuid:", StringComparison.Ordinal))
            QubeNames.Require(text);
        return qubes.TryFind(text, out var qube)
            ? qube
            : throw new PropertyValueException($"Property '{property}' names a qube that does not exist: '{text}'");
    }
}
