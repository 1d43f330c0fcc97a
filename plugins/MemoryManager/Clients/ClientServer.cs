using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Clients;

/// <summary>
/// qmemman's socket, for programs that know it: each connection is served by itself, and none waits for another's request. Used on
/// the kernel loop.
/// </summary>
internal sealed class ClientServer(QubesPaths paths, ClientConnection connections, BackgroundWork background, TimeProvider time, ILogger<ClientServer> log)
{
    /// <summary>Connections at one time; more wait.</summary>
    public const int MostClients = 64;

    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMilliseconds(100);

    public string SocketPath { get; } = paths.Runtime + "/qmemman.sock";

    /// <summary>That are connected.</summary>
    public int Clients { get; private set; }

    /// <exception cref="IOException">Somebody else listens there.</exception>
    public void Start()
    {
        var listener = LocalListener.Open(SocketPath, MostClients);
        background.Start("serving memory requests", c => AcceptAsync(listener, c));
    }

    private async Task AcceptAsync(LocalListener listener, CancellationToken cancel)
    {
        using var _ = listener;
        using var places = new SemaphoreSlim(MostClients);
        List<Task> serving = [];
        try
        {
            while (true)
            {
                await places.WaitAsync(cancel);
                serving.RemoveAll(s => s.IsCompleted);
                serving.Add(ServeAsync(listener, await NextAsync(listener, cancel), places, cancel));
            }
        }
        finally
        {
            await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task<Socket> NextAsync(LocalListener listener, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await listener.AcceptAsync(cancel);
            }
            catch (SocketException e)
            {
                // It left first, or the process is out of descriptors.
                Log.AcceptFailed(log, e.SocketErrorCode);
                await Task.Delay(AfterTrouble, time, cancel);
            }
        }
    }

    private async Task ServeAsync(LocalListener listener, Socket client, SemaphoreSlim places, CancellationToken cancel)
    {
        using var _ = client;
        Clients++;
        try
        {
            var peer = PeerCredentials.Of(client);
            if (listener.Admits(peer))
                await connections.ServeAsync(client, peer, cancel);
            else
                Log.ClientRefused(log, peer.Pid, peer.Uid);
        }
        catch (SocketException e)
        {
            Log.ClientLost(log, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            // It asked nothing in time, or the plugin ends: it is closed.
        }
        finally
        {
            Clients--;
            places.Release();
        }
    }
}
