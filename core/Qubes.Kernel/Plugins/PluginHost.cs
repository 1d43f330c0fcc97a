using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins.Changes;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Settings;
using Qubes.Kernel.Plugins.Watching;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// Finds the installed plugins, loads the enabled ones in dependency order, starts their services, keeps them in line with what is
/// installed while the daemon runs, and ends all of it in reverse. A plugin that fails is taken out with its reason kept, and what
/// requires it with it; the daemon goes on. Load, start, stop and dispose are called once, off the kernel loop, in this order.
/// </summary>
internal sealed partial class PluginHost : IAsyncDisposable
{
    private readonly PluginDiscovery discovery;
    private readonly GenerationFactory generations;
    private readonly PluginLife life;
    private readonly PluginRoster roster;
    private readonly PluginSettings settings;
    private readonly IKernelLoop loop;
    private readonly TimeProvider time;
    private readonly ILogger<PluginHost> log;

    // One operation at a time.
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private FolderWatch? watch;
    private bool serves;

    public PluginHost(
        PluginDiscovery discovery, GenerationFactory generations, PluginLife life, PluginRoster roster, PluginSettings settings,
        IKernelLoop loop, TimeProvider time, ILogger<PluginHost> log)
    {
        (this.discovery, this.generations, this.life, this.roster) = (discovery, generations, life, roster);
        (this.settings, this.loop, this.time, this.log) = (settings, loop, time, log);
        life.KeepsFailing = KeepsFailing;
    }

    /// <summary>Every installed plugin, by name.</summary>
    public IReadOnlyList<PluginStatus> Status => roster.Shown;

    /// <summary>Loads what is installed and enabled; the extensions are there when it returns.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        generations.Clean();
        foreach (var complaint in discovery.Presets.Complaints)
            Log.PresetComplaint(log, complaint);
        var found = discovery.Find();
        foreach (var status in found.Where(status => status.State != PluginState.Superseded))
            roster.Note(status);
        var order = new PluginOrder(found.Where(status => status.State == PluginState.Active));
        foreach (var (name, circle) in order.Cycles)
            Refuse(name, new PluginRefusedException(PluginState.Malfunctioned, $"it requires itself: {circle}"));
        roster.Show(found.Where(status => status.State == PluginState.Superseded));
        cancel.ThrowIfCancellationRequested();
        // All at once, on all processors: this is most of what a start takes.
        var loading = order.Sorted.Where(plugin => !order.Cycles.ContainsKey(plugin.Name))
            .Select(plugin => (plugin, life.PrepareAsync(plugin, plugin.Folder))).ToList();
        List<PluginInstance> made = [];
        foreach (var (plugin, code) in loading)
            await ActivateAsync(plugin, code, made);
        await life.SwitchAsync(made.Select(plugin => ((PluginInstance?)null, (PluginInstance?)plugin)));
        roster.Show(found.Where(status => status.State == PluginState.Superseded));
    }

    /// <summary>Starts the services of all active plugins, in order, one after the other; from then on changes are followed.</summary>
    public async Task StartServicesAsync(CancellationToken cancel)
    {
        foreach (var name in roster.Active.Select(plugin => plugin.Name).ToList())
        {
            cancel.ThrowIfCancellationRequested();
            await StartAsync(roster.Find(name)!, cancel);
        }
        roster.Show(roster.Shown.Where(status => status.State == PluginState.Superseded));
        serves = true;
        watch = new([.. discovery.Directories, discovery.OwnPresets], time, () => _ = FollowAsync(), (directory, e) =>
            Log.NotWatched(log, e, directory, FolderWatch.Often.TotalSeconds));
    }

    /// <summary>Stops the services in reverse order; always completes, whatever a service does.</summary>
    public async Task StopServicesAsync()
    {
        watch?.Dispose();
        if (!ending.IsCancellationRequested)
            await ending.CancelAsync();
        await turn.WaitAsync();
        try
        {
            serves = false;
            foreach (var plugin in roster.Active.Reverse().ToList())
                await life.StopAsync(plugin);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends all plugins in reverse order.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopServicesAsync();
        var last = roster.Active.Reverse().ToList();
        if (last.Count > 0)
            await life.SwitchAsync(last.Select(plugin => ((PluginInstance?)plugin, (PluginInstance?)null)));
        foreach (var plugin in last)
        {
            await life.DisposeAsync(plugin);
            life.End(plugin.Generation);
        }
    }

    private async Task ActivateAsync(PluginStatus plugin, Task<Generation> code, List<PluginInstance> made)
    {
        Generation? generation = null;
        try
        {
            generation = await code;
            RequireAll(plugin);
            made.Add(await life.ActivateAsync(generation, made.Count, made));
        }
        catch (Exception e) // A plugin may throw anything; it is contained here.
        {
            if (generation is not null)
                life.End(generation);
            Refuse(plugin.Name, e);
        }
    }

    private async Task StartAsync(PluginInstance plugin, CancellationToken cancel)
    {
        try
        {
            RequireAll(plugin.Generation.Source);
            await life.StartAsync(plugin, cancel);
            roster.NoteActive(plugin);
            Log.PluginActive(log, plugin.Name, plugin.Generation.Source.Manifest!.Version);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested) // A plugin may throw anything; it is contained here.
        {
            Refuse(plugin.Name, e);
            await life.SwitchAsync((plugin, null));
            await life.EndAsync(plugin);
        }
    }

    private void RequireAll(PluginStatus plugin)
    {
        foreach (var name in plugin.Requires)
        {
            var state = roster.StatusOf(name)?.State;
            if (state != PluginState.Active)
            {
                throw new PluginRefusedException(PluginState.Unsupported,
                    $"it requires {name}, which is {(state is null ? "not installed" : state.ToString()!.ToLowerInvariant())}");
            }
        }
    }

    private void Refuse(string name, Exception cause)
    {
        var refusal = PluginFailure.Of(cause);
        // What fails by itself is not tried again before it changes; what lacks another is, when that comes.
        var before = roster.StatusOf(name)!;
        var isOwn = refusal.State != PluginState.Unsupported || before.Requires.All(roster.IsActive);
        roster.Note(before with { State = refusal.State, Reason = refusal.Message, Fingerprint = isOwn ? before.Fingerprint : "" }, cause);
    }
}
