using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Endpoints;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>One socket: accepts a bounded number of clients and serves each on its own.</summary>
internal sealed class AdminServer(
    AdminEndpoint endpoint, IKernelLoop loop, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    /// <summary>Clients at one time, listeners included; more wait in the socket's backlog.</summary>
    public const int MaxClients = 1024;

    private const int Backlog = 512;

    private readonly ILogger<AdminServer> logger = loggers.CreateLogger<AdminServer>();
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim places = new(MaxClients);
    private LocalListener? listener;
    private HangUpWatch? hangUps;
    private Task accepting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancel)
    {
        listener = LocalListener.Open(endpoint.Path, Backlog);
        hangUps = new HangUpWatch();
        var connections = new AdminConnection(loop, endpoint.Calls, hangUps, time, loggers.CreateLogger<AdminConnection>());
        accepting = Task.Run(() => AcceptAsync(listener, connections), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await stopping.CancelAsync();
        await accepting;
        for (int i = 0; i < MaxClients; i++)
            await places.WaitAsync(cancel);
        Dispose();
    }

    public void Dispose()
    {
        listener?.Dispose();
        hangUps?.Dispose();
        (listener, hangUps) = (null, null);
        places.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync(LocalListener from, AdminConnection connections)
    {
        try
        {
            while (true)
            {
                if (await AcceptOneAsync(from) is { } client)
                    _ = ServeAsync(client, from, connections);
            }
        }
        catch (OperationCanceledException)
        {
            // The plugin stops.
        }
    }

    /// <summary>The next client, who has a place; null when there was trouble with it.</summary>
    private async Task<Socket?> AcceptOneAsync(LocalListener from)
    {
        await places.WaitAsync(stopping.Token);
        Socket? client = null;
        try
        {
            client = await from.AcceptAsync(stopping.Token);
        }
        catch (SocketException e)
        {
            // The client left first, or the process is out of descriptors; the next client may fare better.
            Log.AcceptFailed(logger, e.SocketErrorCode);
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, stopping.Token);
        }
        finally
        {
            if (client is null)
                places.Release();
        }
        return client;
    }

    private async Task ServeAsync(Socket client, LocalListener from, AdminConnection connections)
    {
        await Task.Yield();
        try
        {
            using Socket _ = client;
            PeerCredentials peer = PeerCredentials.Of(client);
            if (from.Admits(peer) && (!endpoint.IsForOwnersOnly || peer.IsOwner))
                await connections.ServeAsync(client, peer, stopping.Token);
            else
                Log.PeerRefused(logger, peer.Pid, peer.Uid);
        }
        finally
        {
            places.Release();
        }
    }
}
