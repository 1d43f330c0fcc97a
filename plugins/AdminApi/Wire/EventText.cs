using System.Collections;
using System.Globalization;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>How an event's argument is written for clients (spec: Admin API, section 5).</summary>
internal static class EventText
{
    /// <summary>Qubes, labels and pools by name; <c>True</c>, <c>False</c>, <c>None</c>; lists and maps as Python writes them.</summary>
    public static string Of(object? value) => value switch
    {
        null => "None",
        string text => text,
        IQube qube => qube.Name,
        IStoragePool pool => pool.Configuration.Name,
        bool flag => flag ? "True" : "False",
        IDictionary map => "{" + string.Join(", ", Entries(map)) + "}",
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Element)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static IEnumerable<string> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
            yield return $"{Element(entry.Key)}: {Element(entry.Value)}";
    }

    private static string Element(object? value) => value is string text
        ? "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'"
        : Of(value);
}
