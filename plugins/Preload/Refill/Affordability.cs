using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>How many preloads the host's memory allows (spec: preloaded disposables, section 5.1, step 6). A reading, not a reservation.</summary>
internal sealed class Affordability(PreloadSettings settings, AvailableMemory memory, Shortfalls shortfalls, ILogger<Affordability> log)
{
    private const long MiB = 1 << 20;

    /// <summary>At most <paramref name="wanted"/>; notes why when it is fewer.</summary>
    public async Task<int> CountAsync(IQube template, int wanted, CancellationToken cancel)
    {
        if (await memory.ReadAsync(cancel) is not { } bytes)
            return wanted;
        var each = template.Properties.Get(QubeProperties.Memory) * MiB;
        var count = (int)Math.Min(wanted, Math.Max(0, bytes - settings.Threshold) / each);
        if (count < wanted)
        {
            var reason = $"of {bytes / MiB} MiB of memory {settings.Threshold / MiB} are kept free, and one takes {each / MiB}";
            Log.Short(log, template.Name, wanted - count, reason);
            shortfalls.NoteMemory(template, reason);
        }
        else
        {
            shortfalls.Clear(template);
        }
        return count;
    }
}
