using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>
/// All leases: how many there may be, and what of them is wanted of queues. They end with their template, and with their holder.
/// </summary>
internal sealed class BatchLeases(
    LeasedDemand demand, LeaseDraw draw, PreloadQueue queue, Refiller refiller, BackgroundWork background, IEventBus events, IQubes qubes,
    TimeProvider time, ILogger<BatchLeases> log) : IDisposableLeases, IKernelService
{
    public const int MostCount = 1000;
    public const int MostOfOneHolder = 8;
    public const int MostAtOnce = 64;

    private static readonly TimeSpan DecayStep = TimeSpan.FromSeconds(15);

    private readonly List<Lease> open = [];
    private readonly Dictionary<IQube, LeaseTurns> turns = [];
    private readonly HashSet<IQube> decaying = [];
    private readonly List<IDisposable> subscriptions = [];

    /// <summary>How many disposables of one template are obtained at a time: as many as there are processors.</summary>
    public int Places { get; set; } = Environment.ProcessorCount;

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<QubeShutdown>(e => OnGone(e.Qube, "its holder has ended")),
            events.Subscribe<QubeRemoved>(e => OnRemoved(e.Qube)),
        ]);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        foreach (var lease in open.ToList())
            lease.End("preloading is being stopped");
        return Task.CompletedTask;
    }

    IDisposableLease IDisposableLeases.Begin(DisposableRequest request, int count) => Begin(request, count);

    /// <inheritdoc cref="IDisposableLeases.Begin"/>
    public Lease Begin(DisposableRequest request, int count)
    {
        var template = request.Template;
        if (count is < 1 or > MostCount)
            throw new InvalidValueException($"A lease is of 1 to {MostCount} disposables, not {count}");
        if (!PreloadSettings.AllowsDisposables(template))
            throw new QubesException($"'{template.Name}' cannot be the base of a disposable: template_for_dispvms is not set on it");
        if (open.Count >= MostAtOnce || open.Count(l => l.Holder == request.RequestedBy) >= MostOfOneHolder)
            throw new QubesException($"there are too many leases: {MostOfOneHolder} of one holder and {MostAtOnce} in all are accepted; end one");
        if (!turns.TryGetValue(template, out var order))
            turns[template] = order = new(Places, time);
        var lease = new Lease(this, request, count, order, draw, background.Stopping);
        open.Add(lease);
        demand.Announce(template, count);
        Log.LeaseBegun(log, template.Name, count);
        Fill(template, "a batch was announced");
        return lease;
    }

    public bool Exists(IQube qube) => qubes.Contains(qube);

    /// <summary>Work that is awaited when the plugin ends.</summary>
    public void Track(Task work) => background.Track(work);

    public void Drawing(Lease lease) => demand.Draw(lease.Template);

    public void NotDrawn(Lease lease) => demand.Announce(lease.Template, 1);

    public void Ended(Lease lease)
    {
        open.Remove(lease);
        var template = lease.Template;
        demand.Withdraw(template, lease.Left);
        Log.LeaseEnded(log, template.Name, lease.Standing.Given);
        if (demand.IsDecaying(template) && decaying.Add(template))
            background.Start($"cutting the preloads of '{template.Name}'", stop => DecayAsync(template, stop));
    }

    // What was made for a batch that came to less goes by and by.
    private async Task DecayAsync(IQube template, CancellationToken stop)
    {
        try
        {
            while (demand.IsDecaying(template))
            {
                await Task.Delay(DecayStep, time, stop);
                if (PreloadQueue.Names(template).Count > queue.LongestOf(template))
                    refiller.Schedule(template, "a batch came to less than was announced");
            }
        }
        finally
        {
            decaying.Remove(template);
        }
    }

    private void Fill(IQube template, string reason)
    {
        if (queue.VacancyOf(template) > 0)
            refiller.Schedule(template, reason);
    }

    private void OnRemoved(IQube qube)
    {
        foreach (var lease in open.Where(l => l.Template == qube).ToList())
            lease.End("its template was removed");
        demand.Forget(qube);
        turns.Remove(qube);
        OnGone(qube, "its holder was removed");
    }

    private void OnGone(IQube holder, string reason)
    {
        foreach (var lease in open.Where(l => l.Holder == holder).ToList())
            background.Start($"ending a lease of '{holder.Name}'", _ => lease.ExpireAsync(reason));
    }
}
