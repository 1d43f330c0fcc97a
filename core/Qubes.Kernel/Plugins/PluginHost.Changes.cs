using Qubes.Kernel.Plugins.Changes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

// What happens while the daemon runs. An operation that is under way when the daemon ends is finished first.
internal sealed partial class PluginHost
{
    /// <summary>Brings the active plugins in line with what is installed and enabled now.</summary>
    /// <param name="anew">A plugin to be loaded anew in any case, also if it failed before; null: none.</param>
    /// <param name="cancel">Gives up waiting for other operations; one that was begun is finished.</param>
    /// <exception cref="QubesException">The daemon is not ready yet, or ending.</exception>
    public Task ReconcileAsync(string? anew, CancellationToken cancel) => OneAtATimeAsync(
        async change =>
        {
            var found = await Task.Run(discovery.Find);
            await change.RunAsync(found, anew is null ? new HashSet<string>() : [anew], ending.Token);
        },
        cancel);

    /// <summary>Why an active plugin cannot be replaced or ended while the daemon runs; null: it can, or is not active.</summary>
    public async Task<string?> FixedBecauseAsync(string name) =>
        roster.Find(name) is { } plugin ? await new PluginChange(roster, life, log).FixedBecauseAsync(plugin) : null;

    private async Task OneAtATimeAsync(Func<PluginChange, Task> work, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (!serves)
                throw new QubesException("Plugins are not changed while the daemon starts or ends; try again when it is ready");
            await work(new(roster, life, log));
            await life.ProveUnloadedAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    // On behalf of nobody: told in the log alone.
    private async Task FollowAsync()
    {
        try
        {
            await ReconcileAsync(null, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The daemon ends.
        }
        catch (QubesException) when (!serves)
        {
            // It is ending, or not ready yet; then what is installed is read anyway.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or QubesException or InvalidOperationException)
        {
            Log.ReconcileFailed(log, e);
        }
    }

    // In the turn of the last fault: no event reaches the plugin any more, whatever else takes time.
    private void KeepsFailing(PluginInstance plugin, string reason)
    {
        if (plugin.Bus.HasEnded || !serves || roster.Find(plugin.Name) != plugin)
            return;
        if (plugin.Generation.Reload != PluginReload.Never)
            plugin.Bus.Detach();
        roster.LedgerOf(plugin.Name).Forgive();
        _ = SwitchOffAsync(plugin.Name, plugin.Generation.Number, reason);
    }

    private async Task SwitchOffAsync(string name, int generation, string reason)
    {
        try
        {
            await OneAtATimeAsync(change => SwitchOffAsync(change, name, generation, reason), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The daemon ends.
        }
        catch (QubesException) when (!serves)
        {
            // So it does.
        }
    }

    private async Task SwitchOffAsync(PluginChange change, string name, int generation, string reason)
    {
        if (roster.Find(name) is not { } plugin || plugin.Generation.Number != generation)
            return;
        if (await change.FixedBecauseAsync(plugin) is { } why)
        {
            Log.KeepsFailing(log, name, reason);
            roster.NoteActive(plugin, $"it keeps failing ({reason}), but stays until the daemon is restarted: {why}");
            await ReattachAsync(plugin);
        }
        else
        {
            List<PluginInstance> group = [plugin, .. roster.DependantsOf(name)];
            var sources = group.ConvertAll(member => member.Generation.Source);
            await change.EndAsync(group);
            roster.Note(sources[0] with
            {
                State = PluginState.Malfunctioned,
                Reason = $"switched off: {reason}; 'qubes-plugin reload {name}' tries again",
            });
            foreach (var dependant in sources.Skip(1))
                roster.Note(dependant with { State = PluginState.Unsupported, Reason = $"it requires {name}, which is malfunctioned", Fingerprint = "" });
        }
        roster.Show(roster.Shown.Where(status => status.State == PluginState.Superseded));
    }

    private Task ReattachAsync(PluginInstance plugin) => life.SwitchAsync((plugin, plugin));
}
