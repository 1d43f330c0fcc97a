using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>
/// The Admin API as services: what a call is about is its requested target, which policy has redirected to the host. The two methods whose
/// input is longer than a request are programs that ship (spec: Admin API, section 7.3).
/// </summary>
internal sealed class AdminServices(
    IExtensions extensions, ProgramServices programs, TimeProvider time, ILogger<PluginService> logger) : IHostServiceKind
{
    /// <summary>What all methods begin with. Such a service is never anything else.</summary>
    public const string Prefix = "admin.";

    private const int Refused = 126;

    public async ValueTask<IRunningService?> TryStartAsync(HostCall call, CancellationToken cancel)
    {
        ServiceDescriptor descriptor = call.Descriptor;
        if (!descriptor.Service.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        if (call.Source.Qube is null)
            throw new ServiceException(Refused, "the Admin API takes calls of qubes only; programs on the host use its socket");
        if (descriptor.Service is "admin.vm.volume.Import" or "admin.vm.volume.ImportWithSize")
            return await programs.TryStartAsync(call, cancel);
        if (extensions.All<IAdminEndpoint>() is not [var endpoint, ..])
            throw new ServiceException(ServiceException.NotFound, "no active plugin has the Admin API");
        string? destination = Destination(descriptor);
        return PluginService.Start(
            call, (rpc, over) => ServeAsync(endpoint, rpc, descriptor.Service, destination, over),
            () => extensions.All<IAdminEndpoint>().Contains(endpoint), extensions, time, logger);
    }

    private static async Task<int> ServeAsync(
        IAdminEndpoint endpoint, RpcCall call, string method, string? destination, CancellationToken over)
    {
        // A target that is no qube is answered as its header would be on the socket: with nothing.
        if (destination is not null)
        {
            var request = new AdminQubeCall(method, call.Argument ?? "", call.SourceQube!, destination, call.Input);
            await endpoint.ServeAsync(request, call.Output, over);
        }
        return 0;
    }

    private static string? Destination(ServiceDescriptor descriptor) => descriptor switch
    {
        { TargetType: "keyword", Target: "adminvm" } => "dom0",
        { TargetType: "name" } => descriptor.Target,
        _ => null,
    };
}
