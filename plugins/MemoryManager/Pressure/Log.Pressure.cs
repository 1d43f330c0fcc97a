using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.MemoryManager;

/// <content>What the pressure monitor logs; event ids 2580 to 2599.</content>
internal static partial class Log
{
    [LoggerMessage(2580, LogLevel.Information, "the host's memory is watched; {How}")]
    public static partial void PressureWatched(ILogger logger, string how);

    [LoggerMessage(2581, LogLevel.Warning, "the host's memory pressure is {Pressure}: {AvailableMiB} MiB are available, everything waited for memory in {Full} % of the last 10 s")]
    public static partial void PressureChanged(ILogger logger, string pressure, long availableMiB, double full);

    [LoggerMessage(2582, LogLevel.Warning, "nobody can say how much memory the host has available; it counts as enough")]
    public static partial void MemoryUnreadable(ILogger logger);
}
