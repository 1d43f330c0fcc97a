using Microsoft.Extensions.Logging;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Changes;

/// <summary>Brings the active plugins in line with what is installed and enabled now.</summary>
internal sealed class PluginChange(PluginRoster roster, PluginLife life, ILogger<PluginHost> log)
{
    /// <param name="installed">What was found.</param>
    /// <param name="forced">Plugins to be loaded anew in any case, also those that failed before.</param>
    /// <param name="cancel">Ends the starts of services.</param>
    public async Task RunAsync(IReadOnlyList<PluginStatus> installed, IReadOnlySet<string> forced, CancellationToken cancel)
    {
        var found = installed.Where(plugin => plugin.State != PluginState.Superseded).ToDictionary(plugin => plugin.Name);
        var order = new PluginOrder(found.Values.Where(plugin => plugin.State == PluginState.Active));
        foreach (var (name, circle) in order.Cycles)
            found[name] = found[name] with { State = PluginState.Malfunctioned, Reason = $"it requires itself: {circle}" };

        var plan = new ChangePlan(roster, found, forced);
        await plan.MakeAsync(FixedBecauseAsync);
        foreach (var (name, reason) in plan.Staying)
            roster.NoteActive(roster.Find(name)!, reason);
        await EndAsync(plan.Leaving);
        ForgetGone(found);
        await AddAsync(order, found, forced, cancel);
        await ReplaceAsync(plan.Changing, found, cancel);
        await AddAsync(order, found, forced, cancel);
        roster.Show(installed.Where(plugin => plugin.State == PluginState.Superseded));
    }

    /// <summary>Why an active plugin cannot end while the daemon runs; null: it can.</summary>
    public async Task<string?> FixedBecauseAsync(PluginInstance plugin)
    {
        if (plugin.Generation.Reload == PluginReload.Never)
            return "its manifest says that it is replaced only with the daemon (machines go on running meanwhile)";
        return await life.UsesAsync(plugin.Generation) is { Count: > 0 } uses ? $"it is in use: {string.Join(", ", uses)}" : null;
    }

    /// <summary>Ends active plugins, given in the order of their start; the list is empty then.</summary>
    public async Task EndAsync(List<PluginInstance> leaving)
    {
        while (leaving.Count > 0)
        {
            var last = leaving[^1];
            leaving.RemoveAt(leaving.Count - 1);
            await life.SwitchAsync((last, null));
            await life.EndAsync(last);
            Log.PluginGone(log, last.Name);
        }
    }

    private void ForgetGone(Dictionary<string, PluginStatus> found)
    {
        foreach (var gone in roster.Shown.Select(status => status.Name).Where(name => !found.ContainsKey(name) && !roster.IsActive(name)))
            roster.Forget(gone);
    }

    private async Task AddAsync(
        PluginOrder order, Dictionary<string, PluginStatus> found, IReadOnlySet<string> forced, CancellationToken cancel)
    {
        foreach (var plugin in found.Values.Where(plugin => plugin.State != PluginState.Active && !roster.IsActive(plugin.Name)))
            roster.Note(plugin);
        foreach (var plugin in order.Sorted.Where(plugin => found[plugin.Name].State == PluginState.Active && !roster.IsActive(plugin.Name)))
        {
            cancel.ThrowIfCancellationRequested();
            if (forced.Contains(plugin.Name) || !HasFailed(plugin))
                await AddAsync(plugin, found, cancel);
        }
    }

    // What failed is not tried again before it changes, or somebody asks for it.
    private bool HasFailed(PluginStatus plugin) =>
        roster.StatusOf(plugin.Name) is { Fingerprint.Length: > 0, State: not PluginState.Active } before
        && before.Fingerprint == plugin.Fingerprint;

    private async Task AddAsync(PluginStatus plugin, Dictionary<string, PluginStatus> found, CancellationToken cancel)
    {
        if (plugin.Requires.FirstOrDefault(name => !roster.IsActive(name)) is { } missing)
        {
            roster.Note(plugin with { State = PluginState.Unsupported, Reason = Requirement(missing, found), Fingerprint = "" });
            return;
        }
        PluginInstance? made = null;
        try
        {
            var generation = await life.PrepareAsync(plugin, plugin.Folder);
            try
            {
                made = await life.ActivateAsync(generation, roster.FreeRank(plugin));
            }
            finally
            {
                if (made is null)
                    life.End(generation);
            }
            await life.SwitchAsync((null, made));
            await life.StartAsync(made, cancel);
            roster.NoteActive(made);
            Log.PluginActive(log, plugin.Name, made.Generation.Source.Manifest!.Version);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested) // A plugin may throw anything; it is contained here.
        {
            if (made is not null)
                await EndAsync([made]);
            var why = PluginFailure.Of(e);
            roster.Note(plugin with { State = why.State, Reason = why.Message }, why.InnerException ?? why);
        }
    }

    private string Requirement(string name, Dictionary<string, PluginStatus> found)
    {
        var state = roster.StatusOf(name)?.State ?? (found.TryGetValue(name, out var status) ? status.State : null);
        return $"it requires {name}, which is {(state is null ? "not installed" : state.ToString()!.ToLowerInvariant())}";
    }

    private async Task ReplaceAsync(List<PluginInstance> changing, Dictionary<string, PluginStatus> found, CancellationToken cancel)
    {
        if (changing.Count == 0)
            return;
        // One that only follows another is made of what runs now, if what is in its folder is not to be taken.
        var changes = changing.ConvertAll(old => (old, found[old.Name] is { State: PluginState.Active } now ? now : old.Generation.Source));
        changing.Clear();
        if (await new GroupReplacement(life, roster, log).RunAsync(changes, cancel) is not { } failure)
            return;
        foreach (var (old, next) in changes)
        {
            if (!roster.IsActive(old.Name))
                continue;
            roster.Reject(next);
            roster.NoteActive(roster.Find(old.Name)!, next.Name == failure.Name
                ? $"its newer generation failed, generation {old.Generation.Number} goes on ({failure.Why.State.ToString().ToLowerInvariant()}): {failure.Why.Message}"
                : $"it was not replaced, because {failure.Name} failed: {failure.Why.Message}");
        }
    }
}
