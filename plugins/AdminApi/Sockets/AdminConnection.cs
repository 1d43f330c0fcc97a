using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>Serves one client: one request, one answer or stream (spec: Admin API, sections 2 and 3).</summary>
internal sealed class AdminConnection(
    IKernelLoop loop, AdminCalls calls, HangUpWatch hangUps, UnfinishedRequests unfinished, TimeProvider time,
    ILogger<AdminConnection> logger)
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

            await using var session = new StreamSession(socket, hangUps, stopping);
            AdminReply last = await AnswerAsync(request, session, isAtOnce, stopping);
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

    /// <summary>The last record of the connection; empty for nothing.</summary>
    private async ValueTask<AdminReply> AnswerAsync(
        AdminRequest request, StreamSession session, bool isHere, CancellationToken stopping)
    {
        try
        {
            Task<AdminAnswer?> Run() => calls.RunAsync(request, session, stopping);
            AdminAnswer? answer = await (isHere ? loop.InvokeHereAsync(Run) : loop.InvokeAsync(Run));
            return answer is { } known ? AdminReply.Of(known) : AdminReply.Nothing;
        }
        catch (QubesException refusal)
        {
            return new AdminReply(AdminRecord.Refusal(refusal), default);
        }
        catch (NotAsciiException)
        {
            return AdminReply.Nothing;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return AdminReply.Nothing;
        }
        catch (Exception defect)
        {
            // Whatever a method of any plugin throws that is not a refusal: logged, and nothing for the client.
            Log.MethodFailed(logger, defect, new(request.Method), new(request.Destination));
            return AdminReply.Nothing;
        }
    }
}
