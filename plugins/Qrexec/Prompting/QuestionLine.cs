using System.Buffers;
using System.Text.Json;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Prompting;

/// <summary>What a terminal is sent: a line of JSON in ASCII each.</summary>
internal static class QuestionLine
{
    public static ReadOnlyMemory<byte> Question(int id, PolicyQuestion question) => Write(json =>
    {
        json.WriteNumber("id", id);
        json.WriteString("source", question.Source);
        json.WriteString("service", question.Service);
        json.WriteString("argument", question.Argument);
        json.WriteStartArray("targets");
        foreach (string target in question.Targets)
            json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteString("default_target", question.DefaultTarget);
    });

    public static ReadOnlyMemory<byte> Withdrawal(int id) => Write(json => json.WriteNumber("withdrawn", id));

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        return line.WrittenMemory;
    }
}
