using System.Text.Json;

namespace Qubes.Policy.Knowledge;

/// <summary>Reads members of JSON objects, and says which of them is wrong.</summary>
internal static class JsonReading
{
    /// <exception cref="SystemInfoException">It is no object.</exception>
    public static IEnumerable<JsonProperty> Members(JsonElement value, string what) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject()
        : throw new SystemInfoException($"{what} is no object");

    /// <exception cref="SystemInfoException">It is no list of texts.</exception>
    public static IEnumerable<string> Texts(JsonElement value, string what) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Select(item => Text(item, what) ?? throw new SystemInfoException($"{what} holds a null"))
        : throw new SystemInfoException($"{what} is no list");

    /// <returns>Null for null.</returns>
    /// <exception cref="SystemInfoException">It is neither text nor null.</exception>
    public static string? Text(JsonElement value, string what)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new SystemInfoException($"{what} is no text");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair in an escape, or bytes that are not UTF-8.
            throw new SystemInfoException($"{what} is no text of Unicode", e);
        }
    }

    /// <summary>The last member of a name; null if there is none or it is null.</summary>
    /// <exception cref="SystemInfoException">The value is no object.</exception>
    public static JsonElement? Member(JsonElement value, string name, string what)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new SystemInfoException($"{what} is no object");
        return value.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;
    }
}
