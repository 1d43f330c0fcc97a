using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Admin;

/// <summary>A call of the Admin API from a qube, as qrexec brings it, allowed by policy.</summary>
/// <param name="Method">e.g. <c>admin.vm.List</c>.</param>
/// <param name="Argument">After the first <c>+</c>; empty when there is none.</param>
/// <param name="Source">The calling qube, never the host. Only touched on the kernel loop.</param>
/// <param name="Destination">The requested target: <c>dom0</c>, a qube's name, or <c>uuid:…</c>; not looked up yet.</param>
/// <param name="Payload">To its end of file; hostile. At most 64 KiB of it are read.</param>
public sealed record AdminQubeCall(string Method, string Argument, IQube Source, string Destination, Stream Payload);

/// <summary>The Admin API for callers that do not come over its socket.</summary>
public interface IAdminEndpoint
{
    /// <summary>
    /// Carries out one call with the checks, the permission events and the answer's bytes of the socket (spec: Admin API, sections 2 to 5).
    /// Returns when the answer was written, or the stream of events is over. Called off the kernel loop.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">Where the answer goes; a listener to events that does not take them is dropped.</param>
    /// <param name="cancel">The caller has gone. What was begun for it goes on, but for a stream of events.</param>
    /// <exception cref="OperationCanceledException">Cancelled, or the API is being stopped.</exception>
    Task ServeAsync(AdminQubeCall call, Stream answer, CancellationToken cancel);
}
