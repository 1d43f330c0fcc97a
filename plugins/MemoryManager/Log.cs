using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.MemoryManager;

/// <summary>What the plugin logs; event ids 2500 to 2599.</summary>
internal static partial class Log
{
    [LoggerMessage(2500, LogLevel.Warning, "{What} failed: {Reason}")]
    public static partial void WorkFailed(ILogger logger, string what, string reason);

    [LoggerMessage(2501, LogLevel.Error, "{What} broke off")]
    public static partial void WorkBroke(ILogger logger, string what, Exception error);

    [LoggerMessage(2510, LogLevel.Warning, "{Qube}: does not follow changes of its memory, and is left out for a while")]
    public static partial void NoProgress(ILogger logger, string qube);

    [LoggerMessage(2511, LogLevel.Warning, "{Qube}: its memory cannot be changed: {Reason}")]
    public static partial void NotOrdered(ILogger logger, string qube, string reason);

    [LoggerMessage(2512, LogLevel.Warning, "{Path} is not up to date: {Reason}")]
    public static partial void AvailableNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(2520, LogLevel.Warning, "{Owner}: {MiB} MiB of memory are not to be had")]
    public static partial void ClaimRefused(ILogger logger, string owner, long miB);

    [LoggerMessage(2530, LogLevel.Warning, "a client of the memory socket could not be accepted: {Error}")]
    public static partial void AcceptFailed(ILogger logger, SocketError error);

    [LoggerMessage(2531, LogLevel.Warning, "process {Pid} of user {Uid} may not use the memory socket")]
    public static partial void ClientRefused(ILogger logger, int pid, uint uid);

    [LoggerMessage(2532, LogLevel.Debug, "a client of the memory socket broke off: {Error}")]
    public static partial void ClientLost(ILogger logger, SocketError error);

    [LoggerMessage(2533, LogLevel.Warning, "process {Pid} asks for the memory of machine {Id}, which there is not")]
    public static partial void UnknownMachine(ILogger logger, int pid, int id);
}
