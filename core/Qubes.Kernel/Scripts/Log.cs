using Microsoft.Extensions.Logging;

namespace Qubes.Kernel.Scripts;

/// <summary>Log lines of the script host; ids 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Information, "Script {Name} is active: {Offers}")]
    public static partial void Active(ILogger log, string name, string offers);

    [LoggerMessage(1401, LogLevel.Error, "Script {Name} is refused: {Reason}")]
    public static partial void Refused(ILogger log, string name, string reason);

    [LoggerMessage(1402, LogLevel.Error, "Script {Name}: its newest version is refused, an earlier one goes on: {Reason}")]
    public static partial void NewestRefused(ILogger log, string name, string reason);

    [LoggerMessage(1403, LogLevel.Error, "Script {Name} is switched off: {Reason}")]
    public static partial void SwitchedOff(ILogger log, string name, string reason);

    [LoggerMessage(1404, LogLevel.Warning, "Script {Name}: {What} failed: {Reason}")]
    public static partial void CallFailed(ILogger log, string name, string what, string reason);

    [LoggerMessage(1405, LogLevel.Information, "Script {Name} is gone")]
    public static partial void Gone(ILogger log, string name);

    [LoggerMessage(1406, LogLevel.Warning, "Script {Name}: an earlier version cannot be unloaded: its thread still runs")]
    public static partial void NotUnloaded(ILogger log, string name);

    [LoggerMessage(1407, LogLevel.Information, "{Text}")]
    public static partial void Said(ILogger log, string text);

    [LoggerMessage(1408, LogLevel.Warning, "{What} '{Qube}' is refused: {Reason}")]
    public static partial void OrderRefused(ILogger log, string what, string qube, string reason);

    [LoggerMessage(1409, LogLevel.Information, "Script {Name} is compiled; that took {Milliseconds} ms")]
    public static partial void Compiled(ILogger log, string name, long milliseconds);

    [LoggerMessage(1410, LogLevel.Warning, "Compiled scripts are not kept: {Reason}")]
    public static partial void NotKept(ILogger log, string reason);

    [LoggerMessage(1411, LogLevel.Warning, "Changes of scripts in {Folder} are not seen: {Reason}")]
    public static partial void NotWatched(ILogger log, string folder, string reason);

    [LoggerMessage(1412, LogLevel.Error, "Looking for scripts broke off")]
    public static partial void ScanBroke(ILogger log, Exception error);

    [LoggerMessage(1413, LogLevel.Warning, "Script {Name}: an earlier version is still in memory, though nothing of it runs")]
    public static partial void StillLoaded(ILogger log, string name);
}
