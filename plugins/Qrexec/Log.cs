using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;

namespace Qubes.Plugins.Qrexec;

/// <summary>What the plugin logs; event ids 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "The agent of {Qube} (domain {Id}) is connected, protocol {Version}")]
    public static partial void Connected(ILogger logger, string qube, int id, int version);

    [LoggerMessage(2101, LogLevel.Warning, "The agent of {Qube} went away")]
    public static partial void Lost(ILogger logger, string qube);

    [LoggerMessage(2102, LogLevel.Warning, "The guest {Qube} broke the protocol and is not served any more: {What}")]
    public static partial void Violation(ILogger logger, string qube, GuestText what);

    [LoggerMessage(2103, LogLevel.Error, "The agent of {Qube} cannot be served any more")]
    public static partial void ServingFailed(ILogger logger, Exception e, string qube);

    [LoggerMessage(2104, LogLevel.Debug, "The guest {Qube} ended a connection that is not known: domain {Domain}, port {Port}")]
    public static partial void UnknownConnectionEnded(ILogger logger, string qube, int domain, int port);

    [LoggerMessage(2105, LogLevel.Warning, "The guest {Qube} opened a connection that nobody asked for: domain {Domain}, port {Port}")]
    public static partial void ChannelRefused(ILogger logger, string qube, int domain, int port);

    [LoggerMessage(2106, LogLevel.Debug, "Data connection of {Qube} on port {Port} ended: {ToHost} bytes from the guest, {ToGuest} to it")]
    public static partial void Relayed(ILogger logger, string qube, int port, long toHost, long toGuest);

    [LoggerMessage(2107, LogLevel.Warning, "Data connection of {Qube} on port {Port} failed: {Error}")]
    public static partial void RelayFailed(ILogger logger, string qube, int port, SocketError error);

    [LoggerMessage(2108, LogLevel.Warning, "Data connection of {Qube} on port {Port} is served by uid {Uid}, who did not ask for it: refused")]
    public static partial void WrongServer(ILogger logger, string qube, int port, uint uid);

    [LoggerMessage(2109, LogLevel.Warning, "Data connection of {Qube} on port {Port}: the host client does not serve it")]
    public static partial void NoServer(ILogger logger, string qube, int port);

    [LoggerMessage(2110, LogLevel.Warning, "Could not accept a host client: {Error}")]
    public static partial void AcceptFailed(ILogger logger, SocketError error);

    [LoggerMessage(2111, LogLevel.Warning, "Refused a host client: uid {Uid} is neither root nor ours; pid {Pid}")]
    public static partial void ClientRefused(ILogger logger, int pid, uint uid);

    [LoggerMessage(2112, LogLevel.Warning, "Dropped a host client of {Qube}: port {Port} is in use or no data port, or none is free")]
    public static partial void NoPort(ILogger logger, string qube, int port);

    [LoggerMessage(2113, LogLevel.Debug, "{Qube} executes a command on port {Port} for pid {Pid}, uid {Uid}")]
    public static partial void Executing(ILogger logger, string qube, int port, int pid, uint uid);

    [LoggerMessage(2114, LogLevel.Warning, "Dropped a host client of {Qube}, pid {Pid}: {What}")]
    public static partial void ClientViolation(ILogger logger, string qube, int pid, GuestText what);

    [LoggerMessage(2115, LogLevel.Debug, "A host client of {Qube} left or took too long, or the agent went away; pid {Pid}")]
    public static partial void ClientLeft(ILogger logger, string qube, int pid);

    [LoggerMessage(2116, LogLevel.Information, "Refused {Qube} the service {Service} at {Target}: {Reason}")]
    public static partial void CallRefused(ILogger logger, string qube, GuestText service, GuestText target, GuestText reason);

    [LoggerMessage(2117, LogLevel.Debug, "{Qube} executes a service on port {Port} for the daemon")]
    public static partial void DaemonCalls(ILogger logger, string qube, int port);

    [LoggerMessage(2118, LogLevel.Information, "{Source} called {Service} in {Target}: {Stages}")]
    public static partial void CallEnded(ILogger logger, string source, GuestText service, string target, CallState stages);

    [LoggerMessage(2119, LogLevel.Warning, "The call of {Source} to {Service} in {Target} failed after it was allowed: {Reason}")]
    public static partial void CallFailed(ILogger logger, string source, GuestText service, GuestText target, GuestText reason);

    [LoggerMessage(2120, LogLevel.Debug, "The call of {Source} to {Service} was broken off: the caller left, or the daemon stops")]
    public static partial void CallBrokenOff(ILogger logger, string source, GuestText service);

    [LoggerMessage(2121, LogLevel.Error, "The disposable {Qube} of a call that is over could not be ended")]
    public static partial void DisposableNotEnded(ILogger logger, string qube, Exception e);

    [LoggerMessage(2122, LogLevel.Information, "The disposable {Qube} served a call of an earlier daemon and is ended")]
    public static partial void OrphanEnded(ILogger logger, string qube);

    [LoggerMessage(2150, LogLevel.Information, "The policy has been read: {Rules} rules")]
    public static partial void PolicyRead(ILogger logger, int rules);

    [LoggerMessage(2151, LogLevel.Error, "The policy cannot be used, and every call is denied until it is mended: {Mistake}")]
    public static partial void PolicyBroken(ILogger logger, GuestText mistake);

    [LoggerMessage(2152, LogLevel.Warning, "Changes of the policy in {Directory} may show only when the next call is judged: {Problem}")]
    public static partial void WatchFailed(ILogger logger, string directory, GuestText problem);

    [LoggerMessage(2153, LogLevel.Information, "There was no policy: the shipped one was copied to {Directory}")]
    public static partial void ShippedPolicyCopied(ILogger logger, string directory);

    [LoggerMessage(2154, LogLevel.Error, "There was no policy, and the shipped one could not be copied to {Directory}: {Problem}")]
    public static partial void ShippedPolicyNotCopied(ILogger logger, string directory, string problem);

    [LoggerMessage(2155, LogLevel.Warning, "The default_target= of the policy rule at {Rule} is not among the targets that are offered; none is preselected")]
    public static partial void DefaultTargetDropped(ILogger logger, string rule);

    [LoggerMessage(2156, LogLevel.Warning, "The policy wants the user to be asked whether {Qube} may call {Service}, but {Gui} cannot be asked: denied. "
        + "Start its GUI qube, or run 'qubes-policy prompt' in a terminal of the host for qubes without one")]
    public static partial void NobodyToAsk(ILogger logger, string qube, GuestText service, string gui);

    [LoggerMessage(2157, LogLevel.Debug, "{Gui} could not be told what came of a call of {Qube}")]
    public static partial void NotTold(ILogger logger, string gui, string qube);

    [LoggerMessage(2158, LogLevel.Information, "Questions of the policy are put to a terminal: pid {Pid}, uid {Uid}")]
    public static partial void TerminalConnected(ILogger logger, int pid, uint uid);

    [LoggerMessage(2159, LogLevel.Information, "The terminal of pid {Pid} takes no more questions")]
    public static partial void TerminalLeft(ILogger logger, int pid);
}
