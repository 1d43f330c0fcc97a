namespace Qubes.Plugins.Preload.Leases;

/// <summary>
/// Who draws next of those who want disposables of one template: so many at a time, and of several batches each in turn, however many it
/// asks for. Used on the kernel loop.
/// </summary>
/// <param name="places">How many draw at a time; 1 or more.</param>
/// <param name="time">Measures draws.</param>
internal sealed class LeaseTurns(int places, TimeProvider time)
{
    // How much the newest draw counts of what one is expected to take.
    private const double Newest = 0.25;

    private readonly LinkedList<(Lease Lease, List<TaskCompletionSource> Waiting)> order = [];
    private int taken;
    private TimeSpan? usual;

    /// <summary>The place of the lease's next one among those who wait: 1 is next; 0: it does not wait.</summary>
    public int PositionOf(Lease lease) => order.Index().FirstOrDefault(o => o.Item.Lease == lease, (-1, default)).Item1 + 1;

    /// <summary>How long whoever has that position waits, until it has its disposable; null: nothing is known yet.</summary>
    public TimeSpan? WaitAt(int position) => position == 0 ? null : usual * (1 + (position - 1) / places);

    /// <summary>Draws when it is the lease's turn.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited, or by <paramref name="draw"/>.</exception>
    public async Task<T> TakeAsync<T>(Lease lease, Func<Task<T>> draw, CancellationToken cancel)
    {
        await EnterAsync(lease, cancel);
        var begun = time.GetTimestamp();
        try
        {
            var drawn = await draw();
            var took = time.GetElapsedTime(begun);
            usual = usual is { } before ? before + (took - before) * Newest : took;
            return drawn;
        }
        finally
        {
            taken--;
            Next();
        }
    }

    private async Task EnterAsync(Lease lease, CancellationToken cancel)
    {
        if (taken < places && order.Count == 0)
        {
            taken++;
            return;
        }
        // In a turn of its own, so that whoever leaves is through with leaving.
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (order.FirstOrDefault(o => o.Lease == lease).Waiting is not { } waiting)
            order.AddLast((lease, waiting = []));
        waiting.Add(turn);
        await using var giveUp = cancel.Register(() => turn.TrySetCanceled(cancel));
        try
        {
            await turn.Task;
        }
        catch (OperationCanceledException)
        {
            waiting.Remove(turn);
            if (waiting.Count == 0 && order.FirstOrDefault(o => o.Waiting == waiting) is { Lease: not null } gone)
                order.Remove(gone);
            throw;
        }
    }

    private void Next()
    {
        while (taken < places && order.First is { } first)
        {
            var waiting = first.Value.Waiting;
            if (waiting is [var turn, ..])
            {
                waiting.RemoveAt(0);
                if (!turn.TrySetResult())
                    continue;
                taken++;
            }
            order.RemoveFirst();
            if (waiting.Count > 0)
                order.AddLast(first.Value);
        }
    }
}
