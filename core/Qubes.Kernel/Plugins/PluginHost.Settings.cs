using Microsoft.Extensions.Configuration;
using Qubes.Kernel.Plugins.Changes;
using Qubes.Kernel.Plugins.Settings;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

// Changes of the configuration.
internal sealed partial class PluginHost
{
    /// <summary>Gives each active plugin whose section has changed its new one: told of it, or loaded anew.</summary>
    /// <exception cref="QubesException">The daemon is not ready yet, or ending.</exception>
    public Task ConfigureAsync(IConfiguration next, CancellationToken cancel) => OneAtATimeAsync(
        async change =>
        {
            settings.Take(next);
            HashSet<string> anew = [];
            foreach (var plugin in roster.Active.ToList())
            {
                var values = settings.Of(plugin.Name);
                roster.NoteSettings(plugin.Name, "");
                if (!plugin.Section.Holds(values) && !await OfferAsync(change, plugin, values))
                    anew.Add(plugin.Name);
            }
            await change.RunAsync(await Task.Run(discovery.Find), anew, ending.Token);
            // What failed with the new one goes by the old one until the next change, and says so until then.
            foreach (var name in anew.Where(name => roster.Find(name) is { } plugin && !plugin.Section.Holds(settings.Of(name))))
                roster.NoteSettings(name, roster.StatusOf(name)!.Reason);
        },
        cancel);

    /// <returns>False: it is to be loaded anew.</returns>
    private async Task<bool> OfferAsync(PluginChange change, PluginInstance plugin, IReadOnlyDictionary<string, string?> values)
    {
        if (!plugin.All<IConfigurable>().Any())
        {
            if (await change.FixedBecauseAsync(plugin) is not { } reason)
                return false;
            roster.NoteSettings(plugin.Name, $"its configuration has changed, and is taken when the daemon is restarted: {reason}");
            return true;
        }
        roster.NoteSettings(plugin.Name, await loop.InvokeAsync(() => Task.FromResult(Offer(plugin, values))));
        return true;
    }

    private static string Offer(PluginInstance plugin, IReadOnlyDictionary<string, string?> values)
    {
        var next = new PluginSection(values).Configuration;
        try
        {
            foreach (var part in plugin.All<IConfigurable>())
                part.Check(next);
        }
        catch (Exception e) // A plugin may throw anything; whatever it is, it does not want this.
        {
            return $"its new configuration is refused, the one before stays: {PluginFailure.Of(e).Message}";
        }
        plugin.Section.Replace(values);
        try
        {
            foreach (var part in plugin.All<IConfigurable>())
                part.Apply();
            return "";
        }
        catch (Exception e) // As above; but it had said that it would.
        {
            return $"it failed while it took its new configuration: {PluginFailure.Of(e).Message}";
        }
    }
}
