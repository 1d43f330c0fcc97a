using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy.Prompt;

/// <summary>How a question looks. Everything in it has been chosen by, or for, a guest.</summary>
internal static class QuestionText
{
    // Longer text could push the beginning of the question off the screen.
    private const int Longest = 200;
    private const string Disposable = "@dispvm:";

    public static void WriteTo(TextWriter output, PromptMessage question)
    {
        output.WriteLine();
        output.WriteLine($"{Safe(question.Source!)} wants to call {Safe(question.Service!)}{(question.Argument == "+" ? "" : Safe(question.Argument!))} in:");
        for (var i = 0; i < question.Targets!.Length; i++)
        {
            var target = question.Targets[i];
            var isDefault = target == question.DefaultTarget;
            output.WriteLine($"{(isDefault ? '*' : ' ')}{i + 1,4}  {Name(target)}");
        }
        output.WriteLine("    0  none: refuse the call");
    }

    private static string Name(string target) => target.StartsWith(Disposable, StringComparison.Ordinal)
        ? $"a new disposable of {Safe(target[Disposable.Length..])}"
        : Safe(target);

    private static string Safe(string text) =>
        SafeText.OneLine(text.Length > Longest ? text[..Longest] + "..." : text).Replace("\t", "\\t", StringComparison.Ordinal);
}
