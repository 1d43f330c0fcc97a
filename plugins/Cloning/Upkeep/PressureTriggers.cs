using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Upkeep;

/// <summary>
/// While the host is short of memory nothing is kept in reserve: it only saves time. It comes back with the next request after that, so that
/// pressure that toggles starts nothing. Used on the kernel loop.
/// </summary>
internal sealed class PressureTriggers(TemplateRecords records, BackgroundWork background, ILogger<PressureTriggers> log)
{
    public void OnPressure(HostMemoryPressureChanged e)
    {
        if (e.Pressure != MemoryPressure.High)
            return;
        foreach (var record in records.WithReady.Where(r => r.Ready!.Shelf.Count > 0))
        {
            var frozen = record.Ready!;
            Log.ReserveGivenUp(log, record.Owner.Name, frozen.Shelf.Count);
            background.Start($"giving up the reserve of '{record.Owner.Name}'", _ => Reserves.EmptyAsync(frozen));
        }
    }
}
