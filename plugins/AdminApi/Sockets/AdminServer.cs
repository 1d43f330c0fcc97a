using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Endpoints;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>
/// One socket: accepts a bounded number of clients and serves each on its own. Threads of its own accept, and do for a client
/// what can be done at once: most have sent everything when they are accepted and are answered before the next one is.
/// What has to be waited for is awaited as usual. At most one of the threads is held by the kernel loop at a time.
/// </summary>
internal sealed class AdminServer(
    AdminEndpoint endpoint, IKernelLoop loop, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    /// <summary>Clients at one time, listeners included; more wait in the socket's backlog.</summary>
    public const int MaxClients = 1024;

    private const int Backlog = 512;
    private const int Acceptors = 2;

    private readonly ILogger<AdminServer> logger = loggers.CreateLogger<AdminServer>();
    private readonly CancellationTokenSource stopping = new();
    private readonly UnfinishedRequests unfinished = new();
    private readonly SemaphoreSlim places = new(MaxClients);
    private LocalListener? listener;
    private HangUpWatch? hangUps;
    private Task[] accepting = [];

    public Task StartAsync(CancellationToken cancel)
    {
        listener = LocalListener.Open(endpoint.Path, Backlog);
        hangUps = new HangUpWatch();
        var replies = new AdminReplies(loop, endpoint.Calls, loggers.CreateLogger<AdminReplies>());
        var connections = new AdminConnection(replies, hangUps, unfinished, time, loggers.CreateLogger<AdminConnection>());
        accepting = [.. Enumerable.Range(0, Acceptors).Select(_ => Task.Factory.StartNew(
            () => Accept(listener, connections), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await stopping.CancelAsync();
        listener?.Dispose();
        await Task.WhenAll(accepting);
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

    private void Accept(LocalListener from, AdminConnection connections)
    {
        try
        {
            while (true)
            {
                if (AcceptOne(from) is { } client)
                    _ = ServeAsync(client, from, connections);
            }
        }
        catch (OperationCanceledException)
        {
            // The plugin stops.
        }
    }

    /// <summary>The next client, who has a place; null when there was trouble with it.</summary>
    private Socket? AcceptOne(LocalListener from)
    {
        if (!places.Wait(0, stopping.Token))
        {
            unfinished.DropOldest();
            places.Wait(stopping.Token);
        }
        Socket? client = null;
        try
        {
            client = from.Accept();
        }
        catch (Exception e) when (stopping.IsCancellationRequested && e is SocketException or ObjectDisposedException)
        {
            throw new OperationCanceledException(stopping.Token);
        }
        catch (SocketException e)
        {
            // The client left first, or the process is out of descriptors; the next client may fare better.
            Log.AcceptFailed(logger, e.SocketErrorCode);
            stopping.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100));
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
