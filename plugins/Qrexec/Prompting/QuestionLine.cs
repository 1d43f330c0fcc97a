using Qubes.Policy.Answers;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Prompting;

/// <summary>What a terminal is sent: a line of JSON in ASCII each.</summary>
internal static class QuestionLine
{
    private static ReadOnlySpan<byte> Ending => "\n"u8;

    public static ReadOnlyMemory<byte> Question(int id, PolicyQuestion question) => JsonObjectText.Write(json =>
    {
        json.WriteNumber("id", id);
        json.WriteString("source", question.Source);
        json.WriteString("service", question.Service);
        json.WriteString("argument", question.Argument);
        json.WriteTexts("targets", question.Targets);
        json.WriteString("default_target", question.DefaultTarget);
    }, Ending);

    public static ReadOnlyMemory<byte> Withdrawal(int id) =>
        JsonObjectText.Write(json => json.WriteNumber("withdrawn", id), Ending);
}
