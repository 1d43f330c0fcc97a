using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Plugins;

/// <summary>The steps of a plugin's life, one at a time.</summary>
internal sealed class PluginLife(
    GenerationFactory generations,
    PluginActivator activator,
    PluginRoster roster,
    PluginExtensions extensions,
    ServiceRunner services,
    IKernelLoop loop,
    IEnumerable<IPluginUse> uses,
    ILogger<PluginHost> log)
{
    private const int MaxCollections = 10;

    /// <summary>Told on the kernel loop, each time, when a plugin's handlers have failed too often.</summary>
    public Action<PluginInstance, string>? KeepsFailing { get; set; }

    /// <summary>Copies, verifies and loads its code.</summary>
    /// <exception cref="Exception">Whatever is wrong with it.</exception>
    public Task<Generation> PrepareAsync(PluginStatus found, string folder) => Task.Run(() => generations.Make(found, folder));

    /// <summary>Makes everything that it offers; it receives nothing yet and nobody sees it.</summary>
    /// <param name="generation">Its code.</param>
    /// <param name="rank">Its place.</param>
    /// <param name="beside">Plugins that are about to be active.</param>
    /// <param name="section">Its configuration; null: as it was read last.</param>
    /// <exception cref="Exception">Whatever it throws.</exception>
    public Task<PluginInstance> ActivateAsync(
        Generation generation, int rank, IEnumerable<PluginInstance>? beside = null, IReadOnlyDictionary<string, string?>? section = null) =>
        loop.InvokeAsync(async () =>
    {
        var made = await activator.ActivateAsync(generation, rank, section);
        try
        {
            RequireOwnNames(made, roster.Active.Concat(beside ?? []));
        }
        catch (PluginRefusedException)
        {
            await made.DisposeAsync();
            throw;
        }
        CountFaults(made);
        return made;
    });

    /// <summary>Lets some take the place of others in one turn: no event comes in between, and each is received by one of them.</summary>
    public Task SwitchAsync(params IEnumerable<(PluginInstance? From, PluginInstance? To)> changes) => loop.InvokeAsync(() =>
    {
        foreach (var (from, to) in changes)
        {
            from?.Bus.Detach();
            to?.Bus.Attach();
            roster.Replace(from, to);
        }
        roster.Publish();
        return Task.CompletedTask;
    });

    /// <exception cref="Exception">Whatever a service throws.</exception>
    public async Task StartAsync(PluginInstance plugin, CancellationToken cancel)
    {
        foreach (var service in plugin.Services)
        {
            plugin.Started.Push(service);
            await services.StartAsync(service, cancel);
        }
    }

    /// <summary>Stops its services in reverse order; always completes.</summary>
    /// <returns>What did not stop.</returns>
    public async Task<IReadOnlyList<string>> StopAsync(PluginInstance plugin)
    {
        List<string> left = [];
        while (plugin.Started.TryPop(out var service))
        {
            try
            {
                await services.StopAsync(service);
            }
            catch (Exception e) // Whatever it throws, the others are stopped too.
            {
                Log.PluginStopFailed(log, e, plugin.Name, service.GetType().Name);
                if (e is TimeoutException)
                    left.Add($"its service {service.GetType().Name}, which does not stop");
            }
        }
        return left;
    }

    /// <summary>Ends its handlers and its scope, but not its code; always completes.</summary>
    /// <returns>What did not end.</returns>
    public async Task<IReadOnlyList<string>> DisposeAsync(PluginInstance plugin)
    {
        try
        {
            await services.EndAsync(plugin);
        }
        catch (Exception e) // Whatever its own disposal throws, the others end too.
        {
            Log.PluginEndFailed(log, e, plugin.Name);
            if (e is TimeoutException)
                return ["the end of its objects, which does not come", .. Running(plugin)];
        }
        return [.. Running(plugin)];
    }

    /// <summary>Stops, drains, disposes and unloads it. It must have been switched away from. Always completes.</summary>
    public async Task EndAsync(PluginInstance plugin)
    {
        IReadOnlyList<string> holders = [.. await StopAsync(plugin), .. await DisposeAsync(plugin)];
        var left = extensions.Forget(plugin.Generation).Select(handler => $"{handler}, which stayed subscribed to IExtensions.Changed");
        if (plugin.Generation.IsUnloadable)
            roster.Add(new(plugin.Name, plugin.Generation.Number, plugin.Generation.Watch(), [.. holders, .. left, .. await UsesAsync(plugin.Generation)]));
        End(plugin.Generation);
    }

    /// <summary>Unloads code that never ran, or whose instance has ended.</summary>
    public void End(Generation generation)
    {
        try
        {
            generation.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.PluginEndFailed(log, e, generation.Name);
        }
    }

    /// <summary>
    /// Has the runtime take the code of generations that have ended, within a bounded number of collections, and logs what stays. Call it
    /// when nothing refers to their instances.
    /// </summary>
    public async Task ProveUnloadedAsync()
    {
        for (var round = 0; round < MaxCollections && roster.Leftovers.Count > 0; round++)
        {
            Collect();
            // What the loop's thread or this one still has in a register or a frame goes with the next turn.
            await loop.InvokeAsync(() => Task.CompletedTask);
            await Task.Yield();
        }
        foreach (var left in roster.Leftovers.Where(left => !left.IsTold))
        {
            left.IsTold = true;
            Log.PluginNotUnloaded(log, left.Plugin, left.ToString());
        }
    }

    /// <summary>What in the kernel holds its objects.</summary>
    public Task<IReadOnlyList<string>> UsesAsync(Generation generation) =>
        loop.InvokeAsync(() => Task.FromResult<IReadOnlyList<string>>([.. uses.SelectMany(use => use.Of(generation))]));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    // Apart from where it is made: this lambda lives as long as the instance, and must hold nothing else, least of all other instances.
    private void CountFaults(PluginInstance made)
    {
        var ledger = roster.LedgerOf(made.Name);
        ledger.Forgive();
        made.Bus.Faulted = fault =>
        {
            if (ledger.Count(fault) is { } tooMany)
                KeepsFailing?.Invoke(made, tooMany);
        };
    }

    private static IEnumerable<string> Running(PluginInstance plugin) =>
        plugin.Bus.Running.Select(run => $"its handler {run.Handler} of {run.Event}, which does not end");

    // Pools and settings name drivers: one name means one driver.
    private static void RequireOwnNames(PluginInstance made, IEnumerable<PluginInstance> others)
    {
        foreach (var other in others.Where(other => other.Name != made.Name))
        {
            RequireOther(made.All<IHypervisorDriver>(), other.All<IHypervisorDriver>(), driver => driver.Name, "hypervisor", other.Name);
            RequireOther(made.All<IStoragePoolDriver>(), other.All<IStoragePoolDriver>(), driver => driver.Name, "storage", other.Name);
        }
    }

    private static void RequireOther<T>(IEnumerable<T> made, IEnumerable<T> others, Func<T, string> name, string kind, string owner)
    {
        if (made.Select(name).Intersect(others.Select(name), StringComparer.Ordinal).FirstOrDefault() is { } taken)
            throw new PluginRefusedException(PluginState.Malfunctioned, $"it offers the {kind} driver '{taken}', which plugin {owner} has already");
    }
}
