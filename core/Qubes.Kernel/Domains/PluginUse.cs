using Qubes.Kernel.Domains.Volumes;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Generations;

namespace Qubes.Kernel.Domains;

/// <summary>The domain model's objects of plugins: machines that run, and pools that are open.</summary>
internal sealed class PluginUse(QubeRegistry qubes) : IPluginUse
{
    public IEnumerable<string> Of(Generation plugin)
    {
        foreach (var qube in qubes.Machines.Where(qube => qube.Machine is { } machine && plugin.Owns(machine)))
            yield return $"the machine of {qube.Name}";
        foreach (var pool in qubes.Storage.All.Where(pool => pool.IsOpenedBy(plugin)))
            yield return $"the open pool {pool.Configuration.Name}";
    }
}
