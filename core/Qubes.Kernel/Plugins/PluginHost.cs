using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// Finds the installed plugins, loads the enabled ones in dependency order, starts their services, and ends all of it in
/// reverse. A plugin that fails is taken out with its reason kept, and what requires it with it; the daemon goes on.
/// Each public method is called once, off the kernel loop, in this order.
/// </summary>
internal sealed class PluginHost(
    PluginDiscovery discovery,
    PluginActivator activator,
    PluginExtensions extensions,
    ServiceRunner services,
    IKernelLoop loop,
    ILogger<PluginHost> log) : IAsyncDisposable
{
    private readonly Dictionary<string, PluginStatus> statuses = [];
    private readonly List<PluginInstance> active = [];
    private readonly Stack<(PluginInstance Plugin, IKernelService Service)> running = [];

    /// <summary>Every installed plugin, by name.</summary>
    public IReadOnlyList<PluginStatus> Status => [.. statuses.Values.OrderBy(status => status.Name, StringComparer.Ordinal)];

    /// <summary>Loads what is installed and enabled; the extensions are there when it returns.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        foreach (var complaint in discovery.Complaints)
            Log.PresetComplaint(log, complaint);
        foreach (var status in discovery.Find())
            Note(status);
        var order = new PluginOrder(statuses.Values.Where(status => status.State == PluginState.Active));
        foreach (var (name, circle) in order.Cycles)
            Refuse(name, new PluginRefusedException(PluginState.Malfunctioned, $"it requires itself: {circle}"));
        foreach (var plugin in order.Sorted.Where(plugin => !order.Cycles.ContainsKey(plugin.Name)))
        {
            cancel.ThrowIfCancellationRequested();
            await ActivateAsync(plugin);
        }
        await PublishAsync();
    }

    /// <summary>Starts the services of all active plugins, in order, one after the other.</summary>
    public async Task StartServicesAsync(CancellationToken cancel)
    {
        foreach (var plugin in active.ToList())
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                RequireAll(statuses[plugin.Name]);
                foreach (var service in plugin.Services)
                {
                    await services.StartAsync(service, cancel);
                    running.Push((plugin, service));
                }
                Log.PluginActive(log, plugin.Name, statuses[plugin.Name].Manifest!.Version);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested) // A plugin may throw anything; it is contained here.
            {
                Refuse(plugin.Name, e);
                await StopServicesAsync(of: plugin);
                active.Remove(plugin);
                await PublishAsync();
                await EndAsync(plugin);
            }
        }
    }

    /// <summary>Stops the services in reverse order; always completes, whatever a service does.</summary>
    public async Task StopServicesAsync()
    {
        while (running.TryPop(out var next))
            await StopAsync(next.Plugin, next.Service);
    }

    /// <summary>Ends all plugins in reverse order.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopServicesAsync();
        var ending = active.AsEnumerable().Reverse().ToList();
        active.Clear();
        if (ending.Count > 0)
            await PublishAsync();
        foreach (var plugin in ending)
            await EndAsync(plugin);
    }

    private async Task ActivateAsync(PluginStatus plugin)
    {
        try
        {
            RequireAll(plugin);
            var loader = await Task.Run(() => PluginActivator.Load(plugin.Folder, plugin.Manifest!));
            var rank = active.Count;
            active.Add(await loop.InvokeAsync(() => activator.ActivateAsync(plugin.Name, loader, rank)));
        }
        catch (Exception e) // A plugin may throw anything; it is contained here.
        {
            Refuse(plugin.Name, e);
        }
    }

    private void RequireAll(PluginStatus plugin)
    {
        foreach (var name in plugin.Manifest!.Requires ?? [])
        {
            var state = statuses.TryGetValue(name, out var required) ? required.State : (PluginState?)null;
            if (state != PluginState.Active)
            {
                throw new PluginRefusedException(PluginState.Unsupported,
                    $"it requires {name}, which is {(state is null ? "not installed" : state.ToString()!.ToLowerInvariant())}");
            }
        }
    }

    private async Task StopServicesAsync(PluginInstance of)
    {
        while (running.TryPeek(out var next) && next.Plugin == of)
        {
            running.Pop();
            await StopAsync(next.Plugin, next.Service);
        }
    }

    private async Task StopAsync(PluginInstance plugin, IKernelService service)
    {
        try
        {
            await services.StopAsync(service);
        }
        catch (Exception e) // Whatever it throws, the others are stopped too.
        {
            Log.PluginStopFailed(log, e, plugin.Name, service.GetType().Name);
        }
    }

    private async Task EndAsync(PluginInstance plugin)
    {
        try
        {
            await services.EndAsync(plugin);
        }
        catch (Exception e) // Whatever its own disposal throws, the others end too.
        {
            Log.PluginEndFailed(log, e, plugin.Name);
        }
    }

    private Task PublishAsync()
    {
        IReadOnlyList<PluginInstance> now = [.. active];
        return loop.InvokeAsync(() =>
        {
            extensions.Publish(now);
            return Task.CompletedTask;
        });
    }

    private void Refuse(string name, Exception cause)
    {
        var refusal = PluginFailure.Of(cause);
        Note(statuses[name] with { State = refusal.State, Reason = refusal.Message }, cause);
    }

    private void Note(PluginStatus status, Exception? cause = null)
    {
        // Of two folders with one name the shipped one, which comes first, keeps it.
        if (status.Reason.Length == 0 || !statuses.ContainsKey(status.Name) || cause is not null)
            statuses[status.Name] = status;
        if (status.State == PluginState.Disabled)
            Log.PluginDisabled(log, status.Name, status.Reason);
        else if (status.State != PluginState.Active)
            Log.PluginRefused(log, cause is PluginRefusedException ? null : cause, status.Name, status.Folder, status.State, status.Reason);
    }
}
