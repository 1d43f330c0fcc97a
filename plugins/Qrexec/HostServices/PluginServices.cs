using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Data;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>Services that other plugins offer.</summary>
internal sealed class PluginServices(IExtensions extensions, TimeProvider time, ILogger<PluginService> logger) : IHostServiceKind
{
    public ValueTask<IRunningService?> TryStartAsync(HostCall call, CancellationToken cancel)
    {
        IRpcService? service = call.Descriptor.Service.StartsWith(AdminServices.Prefix, StringComparison.Ordinal)
            ? null
            : extensions.All<IRpcService>().FirstOrDefault(s => s.Name == call.Descriptor.Service);
        return ValueTask.FromResult<IRunningService?>(service is null ? null : PluginService.Start(
            call, service.ServeAsync, () => extensions.All<IRpcService>().Contains(service), extensions, time, logger));
    }
}
