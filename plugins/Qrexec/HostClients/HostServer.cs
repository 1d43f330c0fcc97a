using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.HostClients;

/// <summary>Accepts the host clients of one guest, as many at a time as the protocol allows.</summary>
internal sealed class HostServer(HostSockets sockets, HostClient client, TimeProvider time, ILogger<HostServer> logger)
{
    private static readonly TimeSpan PauseAfterTrouble = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves until cancelled; returns when every client was let go and the sockets are gone.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await Task.Yield();
        using var places = new SemaphoreSlim(QrexecLimits.Concurrent);
        try
        {
            while (true)
            {
                if (await AcceptAsync(places, cancel) is { } socket)
                    _ = ServeAsync(socket, places, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent is gone.
        }
        sockets.Dispose();
        for (int i = 0; i < QrexecLimits.Concurrent; i++)
            await places.WaitAsync(CancellationToken.None);
    }

    /// <summary>The next client, who has a place; null when there was trouble with it.</summary>
    private async Task<Socket?> AcceptAsync(SemaphoreSlim places, CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        Socket? socket = null;
        try
        {
            socket = await sockets.Listener.AcceptAsync(cancel);
        }
        catch (SocketException e)
        {
            Log.AcceptFailed(logger, e.SocketErrorCode);
            await Task.Delay(PauseAfterTrouble, time, cancel);
        }
        finally
        {
            if (socket is null)
                places.Release();
        }
        return socket;
    }

    private async Task ServeAsync(Socket socket, SemaphoreSlim places, CancellationToken cancel)
    {
        await Task.Yield();
        try
        {
            using Socket _ = socket;
            PeerCredentials peer = PeerCredentials.Of(socket);
            if (sockets.Listener.Admits(peer))
                await client.ServeAsync(socket, peer, cancel);
            else
                Log.ClientRefused(logger, peer.Pid, peer.Uid);
        }
        finally
        {
            places.Release();
        }
    }
}
