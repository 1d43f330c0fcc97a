using Qubes.Kernel.Plugins.Logs;
using Qubes.Kernel.Plugins.Presets;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>What an administrator does with plugins.</summary>
internal sealed class PluginControl(PluginHost host, PluginRoster roster, PluginDiscovery discovery, PluginLogs logs) : IPluginControl
{
    /// <inheritdoc/>
    public IReadOnlyList<PluginReport> Plugins => roster.Reports;

    /// <inheritdoc/>
    public Task<PluginReport> EnableAsync(string name, CancellationToken cancel) => PresetAsync(name, enable: true, cancel);

    /// <inheritdoc/>
    public Task<PluginReport> DisableAsync(string name, CancellationToken cancel) => PresetAsync(name, enable: false, cancel);

    /// <inheritdoc/>
    public async Task<PluginReport> ReloadAsync(string name, CancellationToken cancel)
    {
        // What is installed may be newer than what was last looked at.
        await host.ReconcileAsync(null, cancel);
        var now = Find(name);
        if (now.State is PluginState.Disabled or PluginState.Available)
            throw new QubesException($"Plugin '{name}' is {now.State.ToString().ToLowerInvariant()} ({now.Reason}); 'qubes-plugin enable {name}' loads it");
        if (await host.FixedBecauseAsync(name) is { } reason)
            throw new QubesException($"Plugin '{name}' cannot be reloaded while the daemon runs: {reason}");
        await host.ReconcileAsync(name, cancel);
        return Find(name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LogOf(string name) => logs.Of(Find(name).Name).Lines;

    private async Task<PluginReport> PresetAsync(string name, bool enable, CancellationToken cancel)
    {
        if (!IsKnown(name))
            await host.ReconcileAsync(null, cancel); // It may have been installed just now.
        Find(name);
        await Task.Run(() => Write(name, enable), cancel);
        // Enabling is also the wish to try again.
        await host.ReconcileAsync(enable && Find(name).State != PluginState.Active ? name : null, cancel);
        return Find(name);
    }

    private void Write(string name, bool enable)
    {
        new PresetFile(discovery.OwnPresets).Set(name, enable);
        if (discovery.Presets.Decide(name) != enable)
        {
            throw new QubesException(
                $"A preset file in {discovery.OwnPresets} whose name comes before {PresetFile.Name} decides otherwise about '{name}'; change that file");
        }
    }

    private bool IsKnown(string name) => roster.Shown.Any(plugin => plugin.Name == name);

    private PluginReport Find(string name) =>
        roster.Reports.FirstOrDefault(plugin => plugin.Name == name && plugin.State != PluginState.Superseded)
        ?? throw new QubesException($"There is no plugin '{name}'; installed: {string.Join(", ", roster.Reports.Select(plugin => plugin.Name).Distinct())}");
}
