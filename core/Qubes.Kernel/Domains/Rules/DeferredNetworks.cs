using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;

namespace Qubes.Kernel.Domains.Rules;

/// <summary>
/// The network of a paused qube stays as it is until the qube runs on (spec: preloaded disposables, section 9). The feature
/// holds the netvm that the qube had when the first change came; empty: none.
/// </summary>
internal sealed class DeferredNetworks(QubeRegistry qubes, KernelContext context) : IDomainRules, IDeferredNetworks
{
    public const string Original = "deferred-netvm-original";

    private const string Netvm = "netvm";
    private const string DefaultNetvm = "default_netvm";
    private const string Uplink = "qubes.WaitForNetworkUplink";
    private const int NoSuchService = 127;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ILogger log = context.Logs.CreateLogger<DeferredNetworks>();
    private readonly Dictionary<Qube, Task> underWay = [];

    public void Attach()
    {
        context.Events.Subscribe<PropertySetting>(e => RequireStarted(e.Subject, e.Name, e.NewValue as IQube));
        context.Events.Subscribe<PropertyResetting>(e => RequireStarted(e.Subject, e.Name, qubes.System.Get(SystemProperties.DefaultNetvm)));
        context.Events.Subscribe<PropertySet>(e => OnChanged(e.Subject, e.Name, e.OldValue, e.NewValue));
        context.Events.Subscribe<PropertyReset>(OnReset);
        // A new run begins with the netvm of the day; the feature may be that of a run whose end no daemon saw.
        context.Events.Subscribe<QubeStarting>(e => Forget(e.Qube));
        context.Events.SubscribeAsync<QubeStarted>(OnStartedAsync);
        context.Events.SubscribeAsync<QubeUnpaused>(OnUnpausedAsync);
        context.Events.Subscribe<QubeShutdown>(OnShutdown);
    }

    public async Task ApplyAsync(IQube qube, CancellationToken cancel)
    {
        if (qube is not Qube { HasNetvm: true } applied)
            return;
        if (!underWay.TryGetValue(applied, out var change))
        {
            change = ChangeAsync(applied);
            if (!change.IsCompleted)
                _ = FollowAsync(applied, underWay[applied] = change);
        }
        await change.WaitAsync(cancel);
    }

    private async Task FollowAsync(Qube qube, Task change)
    {
        await change.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        underWay.Remove(qube);
    }

    // Up to the first await one turn: nobody does it twice.
    private async Task ChangeAsync(Qube qube)
    {
        if (!qube.Features.TryGetValue(Original, out var original) || qube.IsPreload || qube.PowerState != PowerState.Running)
            return;
        var netvm = NetvmOf(qube);
        if (netvm is not null && netvm.PowerState != PowerState.Running)
            return;
        var old = qubes.TryFind(original, out var found) ? found : null;
        context.Events.Fire(new PropertySetting(qube, Netvm, netvm, old));
        context.Events.Fire(new PropertySet(qube, Netvm, netvm, old));
        Forget(qube);
        if (netvm is null)
            return;
        context.Events.Fire(new NetworkClientConnected(netvm, qube));
        await WaitForUplinkAsync(qube);
    }

    private async Task WaitForUplinkAsync(Qube qube)
    {
        if (qube.Features.CheckWithTemplate("qrexec") is not { Length: > 0 } || context.Extensions.All<IGuestServices>() is not [var services, ..])
            return;
        using var deadline = new CancellationTokenSource(Patience, context.Time);
        try
        {
            var result = await services.CallAsync(qube, Uplink, "root", default, deadline.Token).WaitAsync(deadline.Token);
            // A guest that does not offer it has nothing to wait for.
            if (result.ExitCode is not (0 or NoSuchService))
                throw new QubeException($"{Uplink} of '{qube.Name}' ended with {result.ExitCode}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"'{qube.Name}' had no network {Patience.TotalSeconds} s after its netvm was changed");
        }
    }

    // Nobody waits here for the network, so its failure is nobody's error.
    private async Task TryApplyAsync(Qube qube, CancellationToken cancel)
    {
        try
        {
            await ApplyAsync(qube, cancel);
        }
        catch (Exception e) when (e is QubesException or TimeoutException)
        {
            Log.NetworkNotApplied(log, qube.Name, e.Message);
        }
    }

    private void OnReset(PropertyReset e)
    {
        if (e.IsExplicit)
            OnChanged(e.Subject, e.Name, e.OldValue, e.Subject is Qube { HasNetvm: true } qube ? NetvmOf(qube) : qubes.System.Get(SystemProperties.DefaultNetvm));
    }

    private void OnChanged(IQube? subject, string property, object? old, object? now)
    {
        if (old == now)
            return;
        if (subject is Qube qube && property == Netvm)
            DeferIfPaused(qube, old as IQube);
        else if (subject is null && property == DefaultNetvm)
            qubes.OnDefaultNetvm.ForEach(q => DeferIfPaused(q, old as IQube));
    }

    private static void DeferIfPaused(Qube qube, IQube? original)
    {
        if (qube.PowerState == PowerState.Paused && !IsDeferred(qube))
            qube.Features.Set(Original, original?.Name ?? "");
    }

    // A preload does not hold up the administrator: it is replaced.
    private static void RequireStarted(IQube? subject, string property, IQube? netvm)
    {
        if (property == Netvm && subject is Qube { Class: not QubeClass.TemplateVM, Lifecycle.IsRunning: true, IsNobodys: false }
            && netvm is { PowerState: PowerState.Halted })
            throw new QubeNotStartedException($"'{subject.Name}' is running: start '{netvm.Name}' before making it the netvm");
    }

    private async Task OnStartedAsync(QubeStarted e, CancellationToken cancel)
    {
        var clients = ClientsOf(e.Qube);
        // One whose netvm ended while no daemon ran has nothing recorded yet.
        foreach (var client in clients)
            DeferIfPaused(client, e.Qube);
        foreach (var client in clients.Where(q => q.PowerState == PowerState.Running && !IsDeferred(q)))
            context.Events.Fire(new NetworkClientConnected(e.Qube, client));
        await Task.WhenAll(clients.Where(IsDeferred).Select(q => TryApplyAsync(q, cancel)));
    }

    private async Task OnUnpausedAsync(QubeUnpaused e, CancellationToken cancel)
    {
        if (e.Qube is Qube { HasNetvm: true } qube)
            await Task.WhenAll(ClientsOf(qube).Append(qube).Where(IsDeferred).Select(q => TryApplyAsync(q, cancel)));
    }

    private void OnShutdown(QubeShutdown e)
    {
        Forget(e.Qube);
        foreach (var client in ClientsOf(e.Qube))
            DeferIfPaused(client, e.Qube);
    }

    private static bool IsDeferred(Qube qube) => qube.Features.ContainsKey(Original);

    private static void Forget(IQube qube)
    {
        if (qube is Qube known && IsDeferred(known))
            qube.Features.Remove(Original);
    }

    private List<Qube> ClientsOf(IQube netvm) => netvm is Qube { HasNetvm: true } && netvm.Properties.Get(QubeProperties.ProvidesNetwork)
        ? [.. qubes.Machines.Where(q => q.HasNetvm && NetvmOf(q) == netvm)]
        : [];

    private static IQube? NetvmOf(Qube qube) => qube.Properties.Get(QubeProperties.Netvm);
}
