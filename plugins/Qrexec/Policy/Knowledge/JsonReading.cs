using System.Text.Json;

namespace Qubes.Policy.Knowledge;

/// <summary>Reads members of JSON objects, and says which of them is wrong.</summary>
internal static class JsonReading
{
    /// <summary>Parses a document all of whose texts and names are Unicode, so that none can fail to be read later.</summary>
    /// <exception cref="SystemInfoException">It is no such document.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        try
        {
            Utf8JsonReader reader = new(json.Span);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new SystemInfoException($"{what} is no JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Bytes that are not UTF-8, or half of a surrogate pair in an escape.
            throw new SystemInfoException($"{what} holds text that is not Unicode", e);
        }
    }

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
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new SystemInfoException($"{what} is no text");
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
