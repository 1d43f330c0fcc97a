using Qubes.Tools.Admin;
using Qubes.Tools.Disposables;
using Qubes.Tools.Hosting;
using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert.Disposables;

/// <summary>
/// Conversion qubes of a batch that is announced to the daemon when the first one is wanted, so that it makes them ahead. Where the daemon
/// has no leases, or loses this one, each is requested by itself.
/// </summary>
internal sealed class LeasedQubes : IConversionQubes, IAsyncDisposable
{
    /// <summary>A daemon gives up who is silent for a minute.</summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Session session;
    private readonly IConversionQubes single;
    private readonly Lazy<Task<DisposableLease?>> lease;
    private readonly CancellationTokenSource over = new();
    private readonly CancellationTokenRegistration interruption;
    private readonly Lock sync = new();
    private readonly List<IProgressRow> waiting = [];
    private Task watching = Task.CompletedTask;
    private Task ending = Task.CompletedTask;
    private int left;
    private bool isLost;

    /// <param name="session">The run.</param>
    /// <param name="template">The disposable template, or <c>dom0</c> for the system's default one.</param>
    /// <param name="count">How many documents there are.</param>
    /// <param name="single">Where one is requested by itself.</param>
    /// <param name="interrupted">The user wants no more of it.</param>
    public LeasedQubes(Session session, string template, int count, IConversionQubes single, CancellationToken interrupted)
    {
        this.session = session;
        this.single = single;
        left = Math.Min(count, DisposableLease.Most);
        lease = new(() => BeginAsync(template, left));
        // At once: whoever waits for the next one is then answered at once, too, and learns of what was given meanwhile.
        interruption = interrupted.Register(() => ending = EndAsync());
    }

    public async Task<IConversionQube> AcquireAsync(StageTimes stages, IProgressRow row, CancellationToken cancellation)
    {
        if (await lease.Value is not { } held || isLost || Interlocked.Decrement(ref left) < 0)
            return await single.AcquireAsync(stages, row, cancellation);
        string name;
        try
        {
            name = await NextAsync(held, row, cancellation);
        }
        catch (AdminException) when (!cancellation.IsCancellationRequested && !over.IsCancellationRequested)
        {
            if (await IsHeldAsync(held))
                throw;
            isLost = true;
            return await single.AcquireAsync(stages, row, cancellation);
        }
        var qube = new DisposableConversionQube(DisposableQube.Of(session, name), session.Calls);
        if (cancellation.IsCancellationRequested)
        {
            await qube.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
        }
        stages.Enter(Stage.Boot);
        return qube;
    }

    public async ValueTask DisposeAsync()
    {
        await interruption.DisposeAsync();
        await ending;
        await EndAsync();
        await watching;
        over.Dispose();
    }

    private async Task<DisposableLease?> BeginAsync(string template, int count)
    {
        var held = await DisposableLease.TryBeginAsync(session, template, count, CancellationToken.None);
        if (held is not null)
            watching = WatchAsync(held);
        return held;
    }

    // A call in flight is not given up: only its answer says what was given.
    private async Task<string> NextAsync(DisposableLease held, IProgressRow row, CancellationToken cancellation)
    {
        lock (sync)
            waiting.Add(row);
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await held.NextAsync(CancellationToken.None) is { Length: > 0 } name)
                    return name;
            }
        }
        catch (AdminException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            lock (sync)
                waiting.Remove(row);
        }
    }

    private async Task WatchAsync(DisposableLease held)
    {
        // Nobody but a terminal shows where one stands.
        var interval = session.Console.ErrorIsTerminal && !session.Quiet ? Refresh : SignOfLife;
        try
        {
            while (true)
            {
                await Task.Delay(interval, session.Clock, over.Token);
                Show(await held.PlaceAsync(over.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or AdminException or ToolException)
        {
            // It is over, or the lease is lost: whoever wants the next one will know.
        }
    }

    private void Show(LeasePlace place)
    {
        lock (sync)
        {
            for (var i = 0; i < waiting.Count; i++)
                waiting[i].Report(0, "waiting for a disposable", Detail(place, i));
        }
    }

    private static string Detail(LeasePlace place, int behind) => (place.Position + behind, place.Wait) switch
    {
        (0, _) => "it is being made",
        (var position, { } wait) when behind == 0 => $"position {position}, about {Math.Max(1, wait.TotalSeconds):0} s",
        (var position, _) => $"position {position}",
    };

    private static async Task<bool> IsHeldAsync(DisposableLease held)
    {
        try
        {
            await held.PlaceAsync(CancellationToken.None);
            return true;
        }
        catch (AdminException)
        {
            return false;
        }
    }

    private async Task EndAsync()
    {
        if (over.IsCancellationRequested)
            return;
        await over.CancelAsync();
        if (!lease.IsValueCreated || await lease.Value is not { } held)
            return;
        using var limit = new CancellationTokenSource(EndLimit, session.Clock);
        try
        {
            await held.EndAsync(limit.Token);
        }
        catch (Exception e) when (e is AdminException or ToolException or OperationCanceledException)
        {
            // The daemon takes it back when it hears no more of us.
        }
    }
}
