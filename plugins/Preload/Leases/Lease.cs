using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>A batch of disposables: how many were announced, given, and are on their way.</summary>
internal sealed class Lease : IDisposableLease, IDisposable
{
    private readonly BatchLeases all;
    private readonly DisposableRequest request;
    private readonly int count;
    private readonly LeaseTurns turns;
    private readonly LeaseDraw draw;
    private readonly CancellationTokenSource ended;
    private readonly HashSet<Task<IQube>> underWay = [];
    private readonly Queue<Task<IQube>> unclaimed = new();
    private readonly List<IQube> given = [];
    private int givenCount;
    private string? whyEnded;

    /// <param name="all">Told of what it does.</param>
    /// <param name="request">The template, and whose it is.</param>
    /// <param name="count">How many were announced.</param>
    /// <param name="turns">Whose turn it is among those who want disposables of the template.</param>
    /// <param name="draw">Obtains them.</param>
    /// <param name="stopping">The plugin ends.</param>
    public Lease(BatchLeases all, DisposableRequest request, int count, LeaseTurns turns, LeaseDraw draw, CancellationToken stopping)
    {
        (this.all, this.request, this.count, this.turns, this.draw) = (all, request, count, turns, draw);
        ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        WhenEnded = ended.Token;
    }

    public IQube Template => request.Template;

    public IQube Holder => request.RequestedBy;

    /// <summary>Announced, and neither given nor on their way.</summary>
    public int Left => count - givenCount - underWay.Count;

    /// <summary>Cancelled when it ends.</summary>
    public CancellationToken WhenEnded { get; }

    public LeaseStanding Standing
    {
        get
        {
            var position = turns.PositionOf(this);
            return new(count, givenCount, underWay.Count, position, turns.WaitAt(position));
        }
    }

    public async Task<IQube> NextAsync(CancellationToken cancel)
    {
        RequireOpen();
        if (!unclaimed.TryDequeue(out var next))
            next = Begin();
        try
        {
            await next.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && whyEnded is null)
        {
            unclaimed.Enqueue(next);
            throw;
        }
        catch (OperationCanceledException)
        {
            RequireOpen();
            throw;
        }
        finally
        {
            if (next.IsCompleted)
                underWay.Remove(next);
        }
        RequireOpen();
        var disposable = await next;
        given.RemoveAll(q => !all.Exists(q));
        given.Add(disposable);
        givenCount++;
        return disposable;
    }

    public void End() => End("it was ended");

    /// <summary>Its holder is gone: nothing more is obtained, and what was given is removed where it is still there.</summary>
    public async Task ExpireAsync(string reason)
    {
        End(reason);
        foreach (var disposable in given)
            await draw.EndAsync(disposable);
    }

    public void Dispose() => ended.Dispose();

    /// <summary>Nothing more is obtained; what was given stays.</summary>
    public void End(string reason)
    {
        if (whyEnded is not null)
            return;
        whyEnded = reason;
        all.Ended(this);
        ended.Cancel();
        foreach (var task in underWay.ToList())
            all.Track(RemoveAsync(task));
        Dispose();
    }

    private Task<IQube> Begin()
    {
        if (Left == 0)
            throw new QubesException($"all {count} disposables of the lease were given; begin another lease");
        all.Drawing(this);
        var next = DrawAsync();
        underWay.Add(next);
        all.Track(next);
        return next;
    }

    private async Task<IQube> DrawAsync()
    {
        try
        {
            return await turns.TakeAsync(this, () => draw.DrawAsync(request, WhenEnded), WhenEnded);
        }
        catch (Exception) when (whyEnded is null)
        {
            // It counts for none of those announced.
            all.NotDrawn(this);
            throw;
        }
    }

    // What came too late is nobody's.
    private async Task RemoveAsync(Task<IQube> drawing)
    {
        await ((Task)drawing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (drawing.IsCompletedSuccessfully)
            await draw.EndAsync(await drawing);
    }

    private void RequireOpen()
    {
        if (whyEnded is not null)
            throw new QubesException($"the lease has ended: {whyEnded}");
    }
}
