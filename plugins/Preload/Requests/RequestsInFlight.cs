using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>
/// Requests for disposables that have not got theirs yet: until a preload is handed over, or a fresh disposable runs with its
/// agent, or is gone. Meanwhile processors, disks and memory are the request's, and no preload is begun. What it was wanted for
/// comes next: where refills have no delay of their own they wait for that, too, a short task's whole time. Each counts only
/// so long, and together they hold up a refill only so long. What was announced as part of a batch holds up nothing: for that the queue
/// is filled. Used on the kernel loop.
/// </summary>
internal sealed class RequestsInFlight(LivingPreloads lives, TimeProvider time)
{
    /// <summary>A boot that is waited for is given up by then.</summary>
    private static readonly TimeSpan LongestService = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan LongestCreation = TimeSpan.FromSeconds(10);

    /// <summary>Whoever got a fresh one and does not start it is in no hurry.</summary>
    private static readonly TimeSpan LongestBeforeStart = TimeSpan.FromSeconds(2);

    /// <summary>A task that takes longer is one that people wait less for.</summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromSeconds(10);

    /// <summary>However many requests there are, preloads are started too.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    /// <summary>Whoever needs one disposable after the other takes no longer than this in between.</summary>
    private static readonly TimeSpan Lull = TimeSpan.FromMilliseconds(250);

    private readonly List<RequestInFlight> all = [];
    private DateTimeOffset lastEnd;
    private TaskCompletionSource changed = NewSignal();

    /// <summary>How many wait now, without those of batches.</summary>
    public int Count => all.Count(r => !r.IsAnnounced && !r.IsInUse && r.Until > time.GetUtcNow());

    /// <summary>A request comes. Disposing of the result ends it, unless it has its disposable or is to get a fresh one.</summary>
    public RequestInFlight Begin(IQube template, bool isAnnounced = false)
    {
        var request = new RequestInFlight(this, template, isAnnounced, time.GetUtcNow() + LongestService);
        all.Add(request);
        return request;
    }

    /// <summary>Returns when no request is in flight, at once if none is; or when that takes too long.</summary>
    /// <param name="orInUse">Wait for what they were made for, too.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <param name="longest">What takes too long; null: half a minute.</param>
    public async Task WhenNoneAsync(bool orInUse, CancellationToken cancel, TimeSpan? longest = null)
    {
        var limit = time.GetUtcNow() + (longest ?? LongestHold);
        while (Latest(orInUse) is { } latest && time.GetUtcNow() < limit)
        {
            try
            {
                await changed.Task.WaitAsync((latest < limit ? latest : limit) - time.GetUtcNow(), time, cancel);
            }
            catch (TimeoutException)
            {
                // Those that are left count no longer, or hold up for too long.
            }
        }
    }

    /// <summary>
    /// Returns when no request is in flight, no disposable of one is in use, and none of them ended just now: at once, if so; or when
    /// that takes too long.
    /// </summary>
    public async Task WhenQuietAsync(CancellationToken cancel)
    {
        var limit = time.GetUtcNow() + LongestHold;
        while (time.GetUtcNow() is var now && now < limit)
        {
            if (Latest(orInUse: true) is not null)
                await WhenNoneAsync(orInUse: true, cancel);
            else if (lastEnd + Lull - now is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, time, cancel);
            else
                return;
        }
    }

    public void OnCreated(QubeCreatedOnDisk e)
    {
        if (e.Qube.Class != QubeClass.DispVM || lives.TryFind(e.Qube, out _))
            return;
        if (all.Find(r => r.IsWithoutQube && r.Template == e.Qube.Template) is not { } request)
            return;
        request.Qube = e.Qube;
        Extend(request, LongestBeforeStart);
    }

    public void OnStarting(QubeStarting e)
    {
        if (Of(e.Qube) is { } request)
            Extend(request, TimeSpan.FromSeconds(e.Qube.Properties.Get(QubeProperties.QrexecTimeout)));
    }

    public void OnStarted(QubeStarted e)
    {
        if (Of(e.Qube) is { IsInUse: false } request)
            BeginUse(request, e.Qube);
    }

    public void OnStartFailed(QubeStartFailed e) => End(e.Qube);

    public void OnShutdown(QubeShutdown e) => End(e.Qube);

    public void OnRemoved(QubeRemoved e) => End(e.Qube);

    /// <summary>It has its disposable, and uses it.</summary>
    public void BeginUse(RequestInFlight request, IQube disposable)
    {
        request.Qube = disposable;
        request.IsInUse = true;
        Extend(request, LongestUse);
    }

    /// <summary>It is to get a fresh disposable.</summary>
    public void FallBack(RequestInFlight request) => Extend(request, LongestCreation);

    public void End(RequestInFlight request)
    {
        if (!all.Remove(request))
            return;
        lastEnd = time.GetUtcNow();
        Signal();
    }

    private DateTimeOffset? Latest(bool orInUse)
    {
        all.RemoveAll(r => r.Until <= time.GetUtcNow());
        return all.Where(r => !r.IsAnnounced && (orInUse || !r.IsInUse)).Select(r => (DateTimeOffset?)r.Until).Max();
    }

    private RequestInFlight? Of(IQube qube) => all.Find(r => r.Qube == qube);

    private void End(IQube qube)
    {
        if (Of(qube) is { } request)
            End(request);
    }

    private void Extend(RequestInFlight request, TimeSpan longest)
    {
        request.Until = time.GetUtcNow() + longest;
        Signal();
    }

    private void Signal()
    {
        changed.SetResult();
        changed = NewSignal();
    }

    // In a turn of their own, after what ended the request has been finished.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
