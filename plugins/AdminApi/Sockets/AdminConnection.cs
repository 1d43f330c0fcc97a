using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>Serves one client: one request, one answer or stream (spec: Admin API, sections 2 and 3).</summary>
internal sealed class AdminConnection(
    AdminReplies replies, HangUpWatch hangUps, UnfinishedRequests unfinished, TimeProvider time, ILogger<AdminConnection> logger)
{
    /// <summary>For the whole request, and again for a client to take the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Never throws; the caller disposes of the socket. Called on a thread that may be held for a turn of the kernel loop, and
    /// returns as soon as something has to be waited for.
    /// </summary>
    public async Task ServeAsync(Socket socket, PeerCredentials peer, CancellationToken stopping)
    {
        try
        {
            ValueTask<byte[]?> reading = AdminRequestReader.ReadAsync(socket, unfinished, time, Patience, stopping);
            bool isAtOnce = reading.IsCompleted;
            if (!AdminRequestParser.TryParse(await reading, out AdminRequest? request))
            {
                Log.FramingError(logger, peer.Pid, peer.Uid);
                return;
            }
            Log.Called(
                logger, new(request.Method), new(request.Argument), new(request.Source), new(request.Destination),
                peer.Pid, peer.Uid);

            await using var session = new SocketStreamSession(socket, hangUps, stopping);
            AdminReply last = await replies.OfAsync(caller: null, request, session, isAtOnce, stopping);
            await session.FlushAsync();
            if (session.Stream is { HasOverflowed: true })
                Log.ClientFellBehind(logger, peer.Pid, peer.Uid);
            else
                await socket.SendFullyAsync(last, time, Patience, stopping);
        }
        catch (SocketException e)
        {
            Log.ConnectionLost(logger, peer.Pid, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
                Log.ClientTooSlow(logger, peer.Pid, peer.Uid);
        }
    }
}
