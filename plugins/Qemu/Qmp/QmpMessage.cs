using System.Text.Json;

namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>
/// One line that QEMU sends, a JSON object (grammar: QEMU's QMP specification):
/// <code>
/// greeting  {"QMP": {...}}
/// success   {"return": ANY, "id": NUMBER}
/// failure   {"error": {"class": STRING, "desc": STRING}, "id": NUMBER}
/// event     {"event": STRING, "data": {...}, "timestamp": {...}}
/// </code>
/// Members not named here are passed over. A process that a guest has taken over may send anything.
/// </summary>
internal abstract record QmpMessage
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    private QmpMessage() { }

    /// <exception cref="InvalidDataException">It is none of the four.</exception>
    public static QmpMessage Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("not an object");
            if (root.TryGetProperty("return", out var value))
                return new Success(IdOf(root), value.Clone());
            if (root.TryGetProperty("error", out var error))
                return new Failure(IdOf(root), TextOf(error, "desc"));
            if (root.TryGetProperty("event", out _))
                return new Event(TextOf(root, "event"), root.TryGetProperty("data", out var data) ? data.Clone() : default);
            return root.TryGetProperty("QMP", out _) ? new Greeting() : throw new InvalidDataException("an unknown message");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("not JSON", e);
        }
    }

    // The greeting is not answered to; an error without an id answers a line that could not be read.
    private static long IdOf(JsonElement root) =>
        root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
            ? number
            : throw new InvalidDataException("an answer without a number as id");

    private static string TextOf(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidDataException($"'{name}' is not a string");

    internal sealed record Greeting : QmpMessage;

    internal sealed record Success(long Id, JsonElement Value) : QmpMessage;

    internal sealed record Failure(long Id, string Description) : QmpMessage;

    /// <summary>Something happened; <see cref="Data"/> is undefined when nothing came with it.</summary>
    internal sealed record Event(string Name, JsonElement Data) : QmpMessage
    {
        /// <summary>A string of the data, or null.</summary>
        public string? Text(string name) => Value(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

        /// <summary>Whether the data has the value true under the name.</summary>
        public bool Is(string name) => Value(name) is { ValueKind: JsonValueKind.True };

        private JsonElement? Value(string name) =>
            Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out var value) ? value : null;
    }
}
