using System.Buffers;
using System.Text.Json;

namespace Qubes.Policy.Answers;

/// <summary>Writes a JSON object, in ASCII, as the writer escapes all other characters.</summary>
public static class JsonObjectText
{
    /// <summary>The object with the members that <paramref name="members"/> writes, and what comes <paramref name="after"/> it.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members, ReadOnlySpan<byte> after = default)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        bytes.Write(after);
        return bytes.WrittenMemory;
    }

    /// <summary>A member that is an array of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
