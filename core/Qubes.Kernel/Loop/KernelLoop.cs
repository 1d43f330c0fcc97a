using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Loop;

/// <summary>
/// The kernel loop: one turn after the other, in the order they were queued, on a thread of its own; or, where a caller allows
/// it and nothing else waits, on the caller's, which saves two changes of thread. After some turns — never in the middle of
/// one — the changes are committed together, and only then the callers whose work is done are told. So the durable state is
/// always the state between two turns, and what a caller was told is durable.
/// </summary>
/// <remarks>Nothing here uses a timer; time is only read, to find turns that held the loop too long.</remarks>
internal sealed partial class KernelLoop : SynchronizationContext, IKernelLoop, IAsyncDisposable
{
    private const TaskCreationOptions Elsewhere = TaskCreationOptions.RunContinuationsAsynchronously;

    private readonly TurnQueue _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITurnCommitter _committer;
    private readonly TimeProvider _time;
    private readonly ILogger<KernelLoop> _logger;
    private readonly Thread _thread;
    private volatile bool _endWhenIdle;
    private volatile bool _endWhenEmpty;

    /// <summary>Starts the loop. The committer is only used by the loop from now on.</summary>
    public KernelLoop(ITurnCommitter committer, TimeProvider time, ILogger<KernelLoop> logger)
    {
        _committer = committer;
        _time = time;
        _logger = logger;
        _committed = committer.Changes;
        _thread = new Thread(Run) { Name = "kernel loop", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <inheritdoc/>
    public bool IsCurrent => _queue.IsEntered;

    /// <inheritdoc/>
    /// <exception cref="QubesException">
    /// The loop has ended, or the work changed state that could not be saved; it is kept in memory and saved when possible.
    /// </exception>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Call(new LoopCall<T>(work, work, Elsewhere));
    }

    /// <inheritdoc/>
    /// <exception cref="QubesException">As of <see cref="InvokeAsync{T}"/>.</exception>
    public Task<T> InvokeHereAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var call = new LoopCall<T>(work, work, TaskCreationOptions.None);
        if (!_queue.TryEnter())
            return Call(call);
        RunHere(new Turn(RunCall, call));
        return call.Outcome;
    }

    /// <inheritdoc/>
    public Task InvokeAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Call(new LoopCall<bool>(async () =>
        {
            await work();
            return true;
        }, work, Elsewhere));
    }

    /// <inheritdoc/>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Post(static state => ((Action)state!)(), work);
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        var turn = new Turn(d, state);
        if (!_queue.TryAdd(turn))
            Log.PostedTooLate(_logger, turn.Name);
    }

    /// <summary>Not supported: it would block the calling thread.</summary>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("The kernel loop is not waited for; await InvokeAsync.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// Ends the loop when nothing is queued and no call is under way. Cancelled: when nothing is queued; what is still
    /// under way then is given up and its callers get a <see cref="QubesException"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (IsCurrent)
            throw new InvalidOperationException("The kernel loop cannot wait for its own end.");
        _endWhenIdle = true;
        Wake();
        await using var registration = cancel.Register(() =>
        {
            _endWhenEmpty = true;
            Wake();
        });
        await _ended.Task;
    }

    /// <summary>Runs what is queued, commits, and ends the loop.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));

    private Task<T> Call<T>(LoopCall<T> call)
    {
        if (!_queue.TryAdd(new Turn(RunCall, call)))
            call.Refuse(Stopping());
        return call.Outcome;
    }

    // The loop looks for the wish to end after each batch.
    private void Wake() => _queue.TryAdd(new Turn(static _ => { }, null));

    private static QubesException Stopping() => new("The operation is refused: the daemon is stopping.");
}
