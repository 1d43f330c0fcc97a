using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Rpc;

/// <summary>One call of a service of the host, allowed by policy.</summary>
/// <param name="Source">Who calls: a qube's name, or the name that the administrator gave a program on the host.</param>
/// <param name="SourceQube">The calling qube; null for a program on the host. Only touched on the kernel loop.</param>
/// <param name="Argument">What follows the first <c>+</c> of the service; null if there was none, which is not the same as empty.</param>
/// <param name="RequestedTarget">The target as it was asked for, e.g. <c>@adminvm</c> or a qube's name; empty if that is not known.</param>
/// <param name="Input">From the caller, to its end of file; hostile.</param>
/// <param name="Output">To the caller; waits while the caller does not read, and takes what is written after it has gone.</param>
/// <param name="Error">To the daemon's log, bounded and escaped; the caller gets none of it.</param>
public sealed record RpcCall(
    string Source, IQube? SourceQube, string? Argument, string RequestedTarget, Stream Input, Stream Output, Stream Error);

/// <summary>Extension point: a qrexec service of the host, under whose name no file is looked for any more.</summary>
public interface IRpcService
{
    /// <summary>
    /// The service without an argument, e.g. <c>policy.Ask</c>. Names that begin with <c>admin.</c> or <c>internal.</c> are never served.
    /// </summary>
    string Name { get; }

    /// <summary>Serves one call, off the kernel loop, side by side with others; returns its exit code, 0 to 255.</summary>
    /// <param name="call">The call; its streams are closed when this returns.</param>
    /// <param name="cancel">The caller has gone, the plugin is unloaded, or the daemon stops: return soon.</param>
    Task<int> ServeAsync(RpcCall call, CancellationToken cancel);
}
