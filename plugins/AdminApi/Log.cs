using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Wire;

namespace Qubes.Plugins.AdminApi;

/// <summary>What the plugin logs; event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "{Method}+{Argument} from {Source} to {Destination}, pid {Pid}, uid {Uid}")]
    public static partial void Called(
        ILogger logger, UntrustedText method, UntrustedText argument, UntrustedText source, UntrustedText destination,
        int pid, uint uid);

    [LoggerMessage(2001, LogLevel.Warning, "Dropped a client: its request breaks the framing or is too long; pid {Pid}, uid {Uid}")]
    public static partial void FramingError(ILogger logger, int pid, uint uid);

    [LoggerMessage(2002, LogLevel.Warning, "Refused a client: uid {Uid} is neither root nor ours; pid {Pid}")]
    public static partial void PeerRefused(ILogger logger, int pid, uint uid);

    [LoggerMessage(2003, LogLevel.Debug, "A client left early: {Error}; pid {Pid}")]
    public static partial void ConnectionLost(ILogger logger, int pid, SocketError error);

    [LoggerMessage(2004, LogLevel.Warning, "Dropped a client: it took too long to ask or to listen; pid {Pid}, uid {Uid}")]
    public static partial void ClientTooSlow(ILogger logger, int pid, uint uid);

    [LoggerMessage(2005, LogLevel.Warning, "Dropped a listener: it does not read its events; pid {Pid}, uid {Uid}")]
    public static partial void ClientFellBehind(ILogger logger, int pid, uint uid);

    [LoggerMessage(2006, LogLevel.Error, "{Method} on {Destination} failed")]
    public static partial void MethodFailed(ILogger logger, Exception defect, UntrustedText method, UntrustedText destination);

    [LoggerMessage(2007, LogLevel.Error, "The method {Method} of {Provider} is left out: its name is taken")]
    public static partial void MethodNameTaken(ILogger logger, string method, string? provider);

    [LoggerMessage(2008, LogLevel.Warning, "Could not accept a client: {Error}")]
    public static partial void AcceptFailed(ILogger logger, SocketError error);

    [LoggerMessage(2009, LogLevel.Debug, "No sample of {Qube}: {Reason}")]
    public static partial void SampleFailed(ILogger logger, string qube, string reason);

    [LoggerMessage(2010, LogLevel.Error, "A filter of what '{Caller}' may have failed at {Event}; it does not get it")]
    public static partial void FilterFailed(ILogger logger, Exception defect, string caller, UntrustedText @event);

    [LoggerMessage(2011, LogLevel.Warning, "{Qube} could not be prepared for the host's sleep, or woken: {Reason}")]
    public static partial void NotPrepared(ILogger logger, string qube, string reason);

    [LoggerMessage(2012, LogLevel.Debug, "{Method}+{Argument} from the qube {Source} to {Destination}")]
    public static partial void QubeCalled(
        ILogger logger, UntrustedText method, UntrustedText argument, string source, UntrustedText destination);

    [LoggerMessage(2013, LogLevel.Warning, "Dropped a call of {Method} by the qube {Source}: it is longer than 64 KiB")]
    public static partial void QubeRequestTooLong(ILogger logger, string source, UntrustedText method);

    [LoggerMessage(2014, LogLevel.Warning, "Dropped the qube {Source}, which listens to {Method} and does not take its events")]
    public static partial void QubeFellBehind(ILogger logger, string source, UntrustedText method);
}
