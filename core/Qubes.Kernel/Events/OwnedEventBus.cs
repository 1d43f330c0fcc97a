using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>
/// The bus as one owner sees it: the kernel, a plugin, a script. Ending it ends all the owner's subscriptions and leaves
/// nothing behind that would keep the owner's assembly loaded. Used on the kernel loop.
/// </summary>
/// <remarks>
/// While it is detached its subscriptions receive nothing. So of two generations of one owner the one can take the other's place in
/// one turn, in which no event is fired: each event is received by exactly one of them.
/// </remarks>
internal sealed class OwnedEventBus : IEventBus, IDisposable
{
    private readonly EventBus _bus;
    private readonly List<Subscription> _waiting = [];
    private readonly HashSet<HandlerRun> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private bool _detached;
    private bool _disposed;

    internal OwnedEventBus(EventBus bus, string name, int rank, bool detached = false)
    {
        _bus = bus;
        Name = name;
        Rank = rank;
        _detached = detached;
        Ending = _ending.Token;
    }

    /// <summary>The owner's name, for the log.</summary>
    public string Name { get; }

    /// <summary>The owner's place in the order; see <see cref="EventRank"/>.</summary>
    public int Rank { get; }

    /// <summary>Told of each fault of one of the owner's handlers.</summary>
    public Action<HandlerFault>? Faulted { get; set; }

    /// <summary>Awaited handlers that are under way, those left behind included.</summary>
    public IReadOnlyCollection<HandlerRun> Running => _running;

    /// <summary>Cancelled when the owner's handlers are to end.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Whether they were told to.</summary>
    public bool HasEnded => Ending.IsCancellationRequested;

    /// <inheritdoc/>
    public IDisposable Subscribe<T>(Action<T> handler) where T : QubesEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new SyncSubscription<T>(this, handler));
    }

    /// <inheritdoc/>
    public IDisposable Observe(Action<QubesEvent> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Add(new ObserverSubscription(this, observer));
    }

    /// <inheritdoc/>
    public IDisposable SubscribeAsync<T>(Func<T, CancellationToken, Task> handler) where T : QubesEvent, IAwaitedEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new AsyncSubscription<T>(this, handler));
    }

    /// <inheritdoc/>
    public void Fire(QubesEvent e)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bus.Fire(e);
    }

    /// <inheritdoc/>
    public Task FireAsync<T>(T e, CancellationToken cancel) where T : QubesEvent, IAwaitedEvent
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _bus.FireAsync(e, cancel);
    }

    /// <summary>From now on its subscriptions receive events.</summary>
    public void Attach()
    {
        _bus.AssertOnLoop();
        ObjectDisposedException.ThrowIf(_disposed, this);
        _detached = false;
        _waiting.ForEach(_bus.Add);
        _waiting.Clear();
    }

    /// <summary>From now on its subscriptions receive nothing; handlers under way go on.</summary>
    public void Detach()
    {
        _bus.AssertOnLoop();
        _detached = true;
        _waiting.AddRange(_bus.TakeAllOf(this));
    }

    /// <summary>Detaches, tells handlers under way to end, and returns when they have, or cancelled; see <see cref="Running"/>.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        Detach();
        await _ending.CancelAsync();
        while (_running.Count > 0 && !cancel.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Select(run => run.Task)).WaitAsync(cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.AssertOnLoop();
        if (_disposed)
            return;
        Detach();
        _disposed = true;
        _waiting.ForEach(subscription => subscription.Release());
        _waiting.Clear();
        Faulted = null;
        _ending.Cancel();
        _ending.Dispose();
    }

    /// <summary>Ends one subscription; it may have ended before.</summary>
    internal void End(Subscription subscription)
    {
        _bus.AssertOnLoop();
        if (_waiting.Remove(subscription))
            subscription.Release();
        else
            _bus.Remove(subscription);
    }

    /// <summary>Notes an awaited handler until it is done.</summary>
    internal void Follow(HandlerRun run) => _ = FollowAsync(run);

    private async Task FollowAsync(HandlerRun run)
    {
        _running.Add(run);
        await run.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _running.Remove(run);
    }

    private Subscription Add(Subscription subscription)
    {
        _bus.AssertOnLoop();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_detached)
            _waiting.Add(subscription);
        else
            _bus.Add(subscription);
        return subscription;
    }
}
