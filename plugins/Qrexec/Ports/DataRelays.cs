using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>
/// Joins the channel that a guest opened to the vchan that the host client serves. When either ends, so does the other:
/// a service sees its caller vanish.
/// </summary>
internal sealed class DataRelays(QubesPaths paths, TimeProvider time, ILogger<DataRelays> logger) : IDisposable
{
    /// <summary>How long a host client may take to serve its vchan.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly OngoingWork work = new();

    /// <summary>
    /// Relays until either end closes; owns the channel. Goes on when the line to the guest, or its machine, is gone: what
    /// the guest had sent still reaches the host client. Never throws.
    /// </summary>
    public async Task RunAsync(Guest guest, IVchan channel, int port, PeerCredentials client)
    {
        work.Enter();
        await Task.Yield();
        try
        {
            if (await ConnectAsync(guest, port, client) is not { } host)
            {
                await channel.DisposeAsync();
                return;
            }
            var (toHost, toGuest) = await VchanBridge.RunAsync(channel, host, work.Stopping);
            Log.Relayed(logger, guest.Name, port, toHost, toGuest);
        }
        catch (SocketException e)
        {
            Log.RelayFailed(logger, guest.Name, port, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            // The plugin stops.
        }
        finally
        {
            work.Leave();
        }
    }

    /// <summary>Breaks off what is still relayed. Called once, when nothing begins any more.</summary>
    public async Task StopAsync()
    {
        await work.BreakOffAsync();
        await work.EndAsync();
    }

    public void Dispose() => work.Dispose();

    private async Task<UnixVchan?> ConnectAsync(Guest guest, int port, PeerCredentials client)
    {
        string path = VchanSocketPath.Of(paths.Vchan, server: 0, guest.Id, port);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, work.Stopping);
        UnixVchan? host = null;
        try
        {
            host = await UnixVchan.ConnectAsync(path, time, either.Token);
            // The directory is shared among the host's clients: only the one that asked may have the data.
            uint server = PeerCredentials.Of(host.Socket).Uid;
            if (server == client.Uid || server == 0)
                return host;
            Log.WrongServer(logger, guest.Name, port, server);
        }
        catch (OperationCanceledException)
        {
            Log.NoServer(logger, guest.Name, port);
        }
        catch (SocketException e)
        {
            Log.RelayFailed(logger, guest.Name, port, e.SocketErrorCode);
        }
        if (host is not null)
            await host.DisposeAsync();
        return null;
    }
}
