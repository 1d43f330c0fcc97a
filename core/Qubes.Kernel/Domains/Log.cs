using Microsoft.Extensions.Logging;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

/// <summary>Log lines of the domain model; ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning, "volume {Volume} could not be removed and stays on disk: {Reason}")]
    public static partial void VolumeNotRemoved(ILogger logger, Volume volume, string reason);

    [LoggerMessage(1201, LogLevel.Warning, "volume {Volume} could not be stopped: {Reason}")]
    public static partial void VolumeNotStopped(ILogger logger, Volume volume, string reason);

    [LoggerMessage(1202, LogLevel.Information, "{Qube}: started as machine {Id}")]
    public static partial void Started(ILogger logger, string qube, int id);

    [LoggerMessage(1203, LogLevel.Warning, "{Qube}: start failed: {Reason}")]
    public static partial void StartFailed(ILogger logger, string qube, string reason);

    [LoggerMessage(1204, LogLevel.Information, "{Qube}: stopped")]
    public static partial void Stopped(ILogger logger, string qube);

    [LoggerMessage(1205, LogLevel.Warning, "{Qube}: did not shut down within {Seconds} s and is powered off")]
    public static partial void PoweredOff(ILogger logger, string qube, int seconds);

    [LoggerMessage(1206, LogLevel.Error, "{Qube}: handling its shutdown failed")]
    public static partial void StopFailed(ILogger logger, string qube, Exception error);

    [LoggerMessage(1207, LogLevel.Warning, "{Qube}: its agent does not answer: {Reason}")]
    public static partial void AgentSilent(ILogger logger, string qube, string reason);

    [LoggerMessage(1208, LogLevel.Information, "{Qube}: adopted running machine {Id}")]
    public static partial void Adopted(ILogger logger, string qube, int id);

    [LoggerMessage(1209, LogLevel.Warning, "machine {Id} belongs to no known qube ({Uuid}) and is ended")]
    public static partial void MachineUnknown(ILogger logger, int id, Guid uuid);

    [LoggerMessage(1210, LogLevel.Warning, "a source of disposables failed and was passed over: {Source}")]
    public static partial void SourceFailed(ILogger logger, string source, Exception error);

    [LoggerMessage(1212, LogLevel.Warning, "pool {Pool} cannot be opened, and its volumes cannot be used: {Reason}")]
    public static partial void PoolNotOpened(ILogger logger, string pool, string reason);

    [LoggerMessage(1213, LogLevel.Error, "{Qube}: its machine could not be ended (try {Try} of {Tries}; the daemon's next start tries again): {Reason}")]
    public static partial void NotEnded(ILogger logger, string qube, int @try, int tries, string reason);

    [LoggerMessage(1211, LogLevel.Warning, "{Qube}: cannot be removed after its run: {Reason}")]
    public static partial void CleanupFailed(ILogger logger, string qube, string reason);

    [LoggerMessage(1214, LogLevel.Information, "{Qube}: is booted, not copied: {Reason}")]
    public static partial void NotCopied(ILogger logger, string qube, string reason);

    [LoggerMessage(1215, LogLevel.Error, "{Qube}: was destroyed as a copy and is booted: {Reason}")]
    public static partial void CopyRefused(ILogger logger, string qube, string reason);

    [LoggerMessage(1216, LogLevel.Error, "{Qube}: is booted, {Cloner} failed")]
    public static partial void ClonerFailed(ILogger logger, string qube, string cloner, Exception error);

    [LoggerMessage(1217, LogLevel.Debug, "nobody has a ready disposable of {Template}: a new one is made")]
    public static partial void NoneReady(ILogger logger, string template);

    [LoggerMessage(1220, LogLevel.Warning, "{Qube}: the change of its network failed: {Reason}")]
    public static partial void NetworkNotApplied(ILogger logger, string qube, string reason);
}
