using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Qrexec;

/// <content>What is logged of the host's services and of callers on the host; event ids 2170 to 2199.</content>
internal static partial class Log
{
    [LoggerMessage(2170, LogLevel.Warning, "{Source} is not served the host's {Service} (status {Status}): {Reason}")]
    public static partial void HostServiceNotServed(ILogger logger, string source, GuestText service, int status, GuestText reason);

    [LoggerMessage(2171, LogLevel.Debug, "The call of the host's {Service} by {Source} ended with status {Status}")]
    public static partial void HostServiceEnded(ILogger logger, string source, GuestText service, int? status);

    [LoggerMessage(2172, LogLevel.Warning, "{Source} broke the protocol in its call of the host's {Service}: {What}")]
    public static partial void HostCallerViolation(ILogger logger, string source, GuestText service, GuestText what);

    [LoggerMessage(2173, LogLevel.Debug, "{Source} left before its call of the host's {Service} began, or took too long")]
    public static partial void HostCallerLeft(ILogger logger, string source, GuestText service);

    [LoggerMessage(2174, LogLevel.Debug, "{Source} sent the host's {Service} what only services send, {Count} times; ignored")]
    public static partial void HostCallerMessagesIgnored(ILogger logger, string source, GuestText service, int count);

    [LoggerMessage(2175, LogLevel.Information, "{Service} for {Source}: {Line}")]
    public static partial void HostServiceSays(ILogger logger, GuestText service, string source, GuestText line);

    [LoggerMessage(2176, LogLevel.Error, "The service {Service} failed in a call by {Source}")]
    public static partial void HostServiceFailed(ILogger logger, Exception e, string source, GuestText service);

    [LoggerMessage(2177, LogLevel.Warning, "The service {Service} goes on although the call by {Source} is over")]
    public static partial void HostServiceGoesOn(ILogger logger, string source, GuestText service);

    [LoggerMessage(2178, LogLevel.Warning, "The service {Service} is killed, since {Source} has gone and it does not end: pid {Pid}")]
    public static partial void HostServiceKilled(ILogger logger, GuestText service, string source, int pid);

    [LoggerMessage(2179, LogLevel.Warning, "The service {Service} for {Source}, or a child of it, could not be killed")]
    public static partial void HostServiceNotKilled(ILogger logger, Exception e, GuestText service, string source);

    [LoggerMessage(2180, LogLevel.Warning, "The configuration of the host's {Service} has unknown keys: {Keys}")]
    public static partial void HostServiceKeysUnknown(ILogger logger, GuestText service, GuestText keys);

    [LoggerMessage(2181, LogLevel.Warning, "Refused a call of user {Uid} on the host, pid {Pid}: {Reason}")]
    public static partial void HostCallerRefused(ILogger logger, uint uid, int pid, GuestText reason);

    [LoggerMessage(2182, LogLevel.Warning, "Refused a call of user {Uid} on the host, pid {Pid}: too many are under way, of this user or in all")]
    public static partial void HostCallerTooMany(ILogger logger, uint uid, int pid);

    [LoggerMessage(2183, LogLevel.Information, "{Source} (user {Uid} on the host, pid {Pid}) asks for {Service} at {Target}")]
    public static partial void HostCallerAsks(ILogger logger, string source, uint uid, int pid, GuestText service, GuestText target);
}
