namespace Qubes.Sdk.Policy;

/// <summary>
/// Extension point: puts questions of the policy to somebody on the host. Asked where the source's <c>guivm</c> is the host or none;
/// in the order of plugins, the first that reaches somebody. Called off the kernel loop.
/// </summary>
public interface IPolicyPrompt
{
    /// <summary>
    /// Puts a question and returns when it is answered. An implementation shows texts with their control characters escaped and does
    /// not take the first keys or clicks of a question for an answer, which were meant for something else.
    /// </summary>
    /// <returns>Null if nobody can be asked here.</returns>
    /// <exception cref="OperationCanceledException">The caller has gone: the question is withdrawn.</exception>
    Task<PolicyAnswer?> AskAsync(PolicyQuestion question, CancellationToken cancel);
}
