using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Status;

/// <summary>
/// Measures requests that no preload served, until the disposable that was made for them runs. Which one that is, is told by the
/// tag it gets: the oldest request of its template is taken for it.
/// </summary>
internal sealed class MissedRequests(PreloadRecords records, IEventBus events, TimeProvider time) : IKernelService
{
    private const int MostWaiting = 256;
    private const string MadeForSomebody = "disp-created-by-";

    private readonly List<(IQube Template, long Begun)> waiting = [];
    private readonly Dictionary<IQube, long> starting = [];
    private readonly List<IDisposable> subscriptions = [];

    public void Add(IQube template, long begun)
    {
        if (waiting.Count == MostWaiting)
            waiting.RemoveAt(0);
        waiting.Add((template, begun));
    }

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<TagAdded>(OnTagged),
            events.Subscribe<QubeStarted>(OnStarted),
            events.Subscribe<QubeRemoved>(e => OnRemoved(e.Qube)),
        ]);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return Task.CompletedTask;
    }

    // A preload that is handed out gets the tag as well, and runs then.
    private void OnTagged(TagAdded e)
    {
        if (!e.Tag.StartsWith(MadeForSomebody, StringComparison.Ordinal) || e.Qube is not { Class: QubeClass.DispVM, PowerState: PowerState.Halted })
            return;
        var index = waiting.FindIndex(w => w.Template == e.Qube.Template);
        if (index < 0)
            return;
        starting[e.Qube] = waiting[index].Begun;
        waiting.RemoveAt(index);
    }

    private void OnStarted(QubeStarted e)
    {
        if (starting.Remove(e.Qube, out var begun))
            records.Of(e.Qube.Template!).DurationsOf(RequestOutcome.Missed).Add(time.GetElapsedTime(begun));
    }

    private void OnRemoved(IQube qube)
    {
        starting.Remove(qube);
        waiting.RemoveAll(w => w.Template == qube);
        records.Forget(qube);
    }
}
