using Microsoft.Extensions.Logging;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>
/// Puts questions: to the source's GUI qube if it has one, else to the prompts of the host (spec: policy, section 5; that the host is
/// asked for a source without GUI qube is ours).
/// </summary>
internal sealed class PolicyQuestions(GuiQubes guis, IPolicyPrompts prompts, ILogger<PolicyQuestions> logger)
{
    private const string Service = "policy.Ask";
    private const string Host = "dom0";

    /// <summary>On the kernel loop.</summary>
    public static PreparedQuestion Prepare(AskedDecision asked, PolicyCall call, IPolicySystem system)
    {
        string? gui = system.TryFind(asked.Source, out IPolicyQube? source) ? source.GuiVm : null;
        return new(
            new(asked.Source, call.Service, call.Argument, asked.Targets, asked.DefaultTarget),
            gui == Host ? null : gui,
            gui is null or Host ? default : GuiMessages.Question(asked, call, system));
    }

    /// <returns>The answer in the words of <c>policy.Ask</c>; null if nobody could be asked.</returns>
    public async Task<string?> AskAsync(PreparedQuestion prepared, CancellationToken cancel)
    {
        PolicyQuestion question = prepared.Question;
        string? answer = prepared.GuiVm is { } gui
            ? await guis.CallAsync(gui, Service, prepared.Json, cancel).ConfigureAwait(false)
            : await AskHostAsync(question, cancel).ConfigureAwait(false);
        if (answer is null)
            Log.NobodyToAsk(logger, question.Source, new(question.Service + question.Argument), prepared.GuiVm ?? "the host");
        return answer;
    }

    private async Task<string?> AskHostAsync(PolicyQuestion question, CancellationToken cancel)
    {
        foreach (IPolicyPrompt prompt in prompts.All)
        {
            if (await prompt.AskAsync(question, cancel).ConfigureAwait(false) is { } answer)
                return answer.Target is { } target ? "allow:" + target : "deny";
        }
        return null;
    }
}
