using System.Globalization;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>How much memory new machines may be given: what a memory plugin says, else what the host's kernel does.</summary>
internal sealed class AvailableMemory(IExtensions extensions, ILogger<AvailableMemory> log)
{
    private const string HostMemory = "/proc/meminfo";

    /// <summary>Bytes; null: nobody can say.</summary>
    public async Task<long?> ReadAsync(CancellationToken cancel)
    {
        var bytes = extensions.All<IMemoryBroker>() is [var broker, ..] ? broker.AvailableBytes : await OfHostAsync(cancel);
        if (bytes is null)
            Log.MemoryUnknown(log);
        return bytes;
    }

    // meminfo-line = name ":" 1*SP 1*DIGIT " kB"
    private static async Task<long?> OfHostAsync(CancellationToken cancel)
    {
        if (!File.Exists(HostMemory))
            return null;
        await foreach (var line in File.ReadLinesAsync(HostMemory, cancel))
        {
            if (line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries) is ["MemAvailable", var kib, "kB"]
                && long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number * 1024;
        }
        return null;
    }
}
