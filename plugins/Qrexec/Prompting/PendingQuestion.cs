using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Prompting;

/// <summary>A question that is on a terminal.</summary>
internal sealed record PendingQuestion(int Id, PolicyQuestion Question)
{
    /// <summary>Completes with the answer; cancelled when the caller has gone.</summary>
    public TaskCompletionSource<PolicyAnswer> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
