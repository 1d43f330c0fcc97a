namespace Qubes.Sdk.Hosting;

/// <summary>
/// The one logical thread on which domain state is read and changed. Between two awaits nothing else runs on it. It is a
/// <see cref="SynchronizationContext"/>: an await on it comes back to it.
/// </summary>
public interface IKernelLoop
{
    /// <summary>Whether the caller is on the loop.</summary>
    bool IsCurrent { get; }

    /// <summary>
    /// Runs on the loop. The returned task completes, off the loop, after the state that the work changed is durable.
    /// </summary>
    Task<T> InvokeAsync<T>(Func<Task<T>> work);

    /// <summary>
    /// As <see cref="InvokeAsync{T}"/>, and where nothing else is to be done, before this returns and on the calling thread:
    /// that of a caller who can be held for as long as turns and a commit take, such as a thread of its own. What awaits the
    /// result goes on where it becomes known, also on the loop's thread between turns: it must be brief and must not block.
    /// </summary>
    Task<T> InvokeHereAsync<T>(Func<Task<T>> work) => InvokeAsync(work);

    /// <summary>Runs on the loop; see the other overload.</summary>
    Task InvokeAsync(Func<Task> work);

    /// <summary>Queues work for the loop without waiting; what it throws is logged.</summary>
    void Post(Action work);
}
