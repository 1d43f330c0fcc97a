using Microsoft.Extensions.Logging;

namespace Qubes.Kernel;

/// <summary>What the kernel logs. Event ids are stable: 100 loop, 200 events, 300 store.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Error, "Kernel loop: {Work} failed")]
    public static partial void TurnFailed(ILogger logger, string work, Exception e);

    [LoggerMessage(101, LogLevel.Warning, "Kernel loop: {Work} held the loop for {Milliseconds} ms")]
    public static partial void SlowTurn(ILogger logger, string work, long milliseconds);

    [LoggerMessage(102, LogLevel.Warning, "Kernel loop: saving the state took {Milliseconds} ms")]
    public static partial void SlowCommit(ILogger logger, long milliseconds);

    [LoggerMessage(103, LogLevel.Critical, "State could not be saved; it is tried again after every turn")]
    public static partial void CommitFailed(ILogger logger, Exception e);

    [LoggerMessage(104, LogLevel.Information, "State is saved again, after {Attempts} attempts that failed")]
    public static partial void CommitRecovered(ILogger logger, int attempts);

    [LoggerMessage(105, LogLevel.Warning, "Kernel loop: {Work} came after the loop's end and was dropped")]
    public static partial void PostedTooLate(ILogger logger, string work);

    [LoggerMessage(106, LogLevel.Warning, "Kernel loop: {Work} was given up at the loop's end")]
    public static partial void CallAbandoned(ILogger logger, string work);

    [LoggerMessage(200, LogLevel.Error, "Events: a handler of {Owner} failed on {Event}: {Handler}")]
    public static partial void HandlerFailed(ILogger logger, string owner, string @event, string handler, Exception e);

    [LoggerMessage(201, LogLevel.Warning, "Events: a handler of {Owner} took {Milliseconds} ms on {Event}: {Handler}")]
    public static partial void SlowHandler(ILogger logger, string owner, string @event, string handler, long milliseconds);

    [LoggerMessage(202, LogLevel.Warning, "Events: a handler of {Owner} allocated {MiB} MiB on {Event}: {Handler}")]
    public static partial void GreedyHandler(ILogger logger, string owner, long miB, string @event, string handler);

    [LoggerMessage(300, LogLevel.Information, "Store: {Path} goes from schema {From} to {To}; a copy of it is kept as {Copy}")]
    public static partial void Migrating(ILogger logger, string path, int from, int to, string copy);

    [LoggerMessage(301, LogLevel.Critical, "Store: {Path} is closed with {Count} changes that could not be saved")]
    public static partial void ClosedUnsaved(ILogger logger, string path, int count);
}
