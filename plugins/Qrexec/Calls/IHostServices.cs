using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>The services of the host itself: those of plugins, the Admin API, and those in its service directories.</summary>
internal interface IHostServices
{
    /// <summary>
    /// Serves one call over the caller's data connection, HELLO included, until the service has ended and its exit code was sent
    /// (spec: protocol, sections 7 and 9). The caller of this method disposes of the connection. Never throws but when cancelled.
    /// </summary>
    /// <param name="source">Who calls.</param>
    /// <param name="service">With the type and the name of the requested target.</param>
    /// <param name="caller">Its end of the data connection.</param>
    /// <param name="cancel">The daemon stops, or the caller has gone.</param>
    Task ServeAsync(CallSource source, ServiceDescriptor service, IVchan caller, CancellationToken cancel);
}
