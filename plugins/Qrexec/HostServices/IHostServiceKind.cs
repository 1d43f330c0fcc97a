using Qubes.Qrexec.Data;
using Qubes.Qrexec.Rpc;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>One kind of services of the host.</summary>
internal interface IHostServiceKind
{
    /// <summary>Starts the service that a call is for; null if this kind has no such service.</summary>
    /// <exception cref="ServiceException">It has, but it cannot serve the call.</exception>
    ValueTask<IRunningService?> TryStartAsync(HostCall call, CancellationToken cancel);
}
