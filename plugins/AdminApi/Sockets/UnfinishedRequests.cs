namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>
/// The clients that have connected and not asked yet, in the order in which they came. When all places are taken, the one
/// that has dawdled longest makes room, so that clients who stall keep nobody out. Safe to use from several threads.
/// </summary>
internal sealed class UnfinishedRequests
{
    private readonly Lock guard = new();
    private readonly LinkedList<CancellationTokenSource> inOrder = [];

    /// <summary>Enters a client until the result is disposed of.</summary>
    public Entry Enter(params ReadOnlySpan<CancellationToken> others)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(others);
        lock (guard)
            return new Entry(this, inOrder.AddLast(source));
    }

    /// <summary>Gives up on the client that has been here longest, if any.</summary>
    public void DropOldest()
    {
        lock (guard)
        {
            if (inOrder.First is not { } oldest)
                return;
            inOrder.RemoveFirst();
            // What waits for it goes on elsewhere, not under the lock.
            ThreadPool.UnsafeQueueUserWorkItem(static dropped => Cancel(dropped), oldest.Value, preferLocal: false);
        }
    }

    private static void Cancel(CancellationTokenSource dropped)
    {
        try
        {
            dropped.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It finished its request just now.
        }
    }

    /// <summary>One client's stay.</summary>
    internal sealed class Entry(UnfinishedRequests owner, LinkedListNode<CancellationTokenSource> node) : IDisposable
    {
        /// <summary>Cancelled when the client has to go, or by one of the others' tokens.</summary>
        public CancellationToken Dropped => node.Value.Token;

        public void Dispose()
        {
            lock (owner.guard)
            {
                if (node.List is not null)
                    owner.inOrder.Remove(node);
            }
            node.Value.Dispose();
        }
    }
}
