using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Methods.Events;
using Qubes.Plugins.AdminApi.Methods.Internal;
using Qubes.Plugins.AdminApi.Methods.Notifications;
using Qubes.Plugins.AdminApi.Sockets;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Endpoints;

/// <summary>
/// The three sockets, which differ in their methods only: the Admin API, the host's own programs, and what qubes tell of
/// themselves (spec: Admin API, sections 1 and 9).
/// </summary>
internal sealed class AdminEndpoints(
    QubesPaths paths, IKernelLoop loop, IQubes qubes, IEventBus events, MethodTable methods, EventBroadcast broadcast,
    InternalMethods ofTheHost, NotificationMethods ofQubes, SystemInfoCache systemInfo, QubeEndpoint forQubes, TimeProvider time,
    ILoggerFactory loggers) : IKernelService
{
    private readonly List<AdminServer> servers = [];

    public async Task StartAsync(CancellationToken cancel)
    {
        methods.Open();
        broadcast.Open();
        systemInfo.Open();
        AdminEndpoint[] endpoints =
        [
            new(paths.AdminSocket, new AdminCalls(qubes, methods, asked: events)),
            new(paths.InternalSocket, new AdminCalls(qubes, new FixedMethods(ofTheHost.All), asked: null), IsForOwnersOnly: true),
            new(paths.MiscSocket, new AdminCalls(qubes, new FixedMethods(ofQubes.All), asked: null)),
        ];
        try
        {
            foreach (AdminEndpoint endpoint in endpoints)
            {
                var server = new AdminServer(endpoint, loop, time, loggers);
                await server.StartAsync(cancel);
                servers.Add(server);
            }
        }
        catch
        {
            // Another daemon listens on one of them; those opened so far must not stay behind.
            await StopAsync(cancel);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await forQubes.StopAsync();
        foreach (AdminServer server in servers)
            await server.StopAsync(cancel);
        servers.Clear();
        systemInfo.Dispose();
        broadcast.Dispose();
        methods.Dispose();
    }
}
