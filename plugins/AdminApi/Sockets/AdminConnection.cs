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
    IKernelLoop loop, AdminCalls calls, HangUpWatch hangUps, TimeProvider time, ILogger<AdminConnection> logger)
{
    /// <summary>For the whole request, and again for a client to take the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Never throws; the caller disposes of the socket.</summary>
    public async Task ServeAsync(Socket socket, PeerCredentials peer, CancellationToken stopping)
    {
        try
        {
            if (await ReadAsync(socket, stopping) is not { } request)
            {
                Log.FramingError(logger, peer.Pid, peer.Uid);
                return;
            }
            Log.Called(
                logger, new(request.Method), new(request.Argument), new(request.Source), new(request.Destination),
                peer.Pid, peer.Uid);

            await using var session = new StreamSession(socket, hangUps, stopping);
            byte[] last = await AnswerAsync(request, session, stopping);
            await session.FlushAsync();
            if (session.Stream is { HasOverflowed: true })
                Log.ClientFellBehind(logger, peer.Pid, peer.Uid);
            else
                await SendAsync(socket, last, stopping);
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

    private async Task<AdminRequest?> ReadAsync(Socket socket, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        byte[]? bytes = await AdminRequestReader.ReadAsync(socket, either.Token);
        return AdminRequestParser.TryParse(bytes, out AdminRequest? request) ? request : null;
    }

    private async Task SendAsync(Socket socket, byte[] answer, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        await socket.SendFullyAsync(answer, either.Token);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The last record of the connection; empty for nothing.</summary>
    private async Task<byte[]> AnswerAsync(AdminRequest request, StreamSession session, CancellationToken stopping)
    {
        try
        {
            AdminAnswer? answer = await loop.InvokeAsync(() => calls.RunAsync(request, session, stopping));
            return answer is { } known ? AdminRecord.Success(known) : [];
        }
        catch (QubesException refusal)
        {
            return AdminRecord.Refusal(refusal);
        }
        catch (NotAsciiException)
        {
            return [];
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception defect)
        {
            // Whatever a method of any plugin throws that is not a refusal: logged, and nothing for the client.
            Log.MethodFailed(logger, defect, new(request.Method), new(request.Destination));
            return [];
        }
    }
}
