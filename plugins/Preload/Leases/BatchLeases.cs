using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Policies;
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
/// All leases: how many there may be, and when policies are to be asked for them. They end with their template, and with their holder.
/// </summary>
internal sealed class BatchLeases(
    LeasedDemand demand, LeaseDraw draw, PolicyTargets targets, PreloadQueue queue, Refiller refiller, BackgroundWork background, IEventBus events, IQubes qubes,
    TimeProvider time, ILogger<BatchLeases> log) : IDisposableLeases, IKernelService
{
    public const int MostCount = 1000;
    public const int MostOfOneHolder = 8;
    public const int MostAtOnce = 64;

    private readonly List<Lease> open = [];
    private readonly Dictionary<IQube, LeaseTurns> turns = [];
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
        Log.LeaseBegun(log, template.Name, count);
        Change(template, count);
        return lease;
    }

    public bool Exists(IQube qube) => qubes.Contains(qube);

    /// <summary>Work that is awaited when the plugin ends.</summary>
    public void Track(Task work) => background.Track(work);

    public void Drawing(Lease lease) => Change(lease.Template, -1);

    public void NotDrawn(Lease lease) => Change(lease.Template, 1);

    public void Ended(Lease lease)
    {
        open.Remove(lease);
        Log.LeaseEnded(log, lease.Template.Name, lease.Standing.Given);
        Change(lease.Template, -lease.Left);
    }

    // What is too much then goes when policies are asked the next time.
    private void Change(IQube template, int count)
    {
        demand.Add(template, count);
        targets.Reconsider(template);
        if (demand.AnnouncedOf(template) > 0 && queue.VacancyOf(template) > 0)
            refiller.Schedule(template, $"{demand.AnnouncedOf(template)} more were announced");
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
