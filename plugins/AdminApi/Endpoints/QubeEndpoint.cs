using System.Buffers;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.AdminApi.Endpoints;

/// <summary>
/// The methods of the Admin API's socket, and no others, for qubes: what stands in a request's header there is known here. As at the
/// socket, a method that was begun goes on when its caller has gone; streams end.
/// </summary>
internal sealed class QubeEndpoint(
    IKernelLoop loop, IQubes qubes, IEventBus events, MethodTable methods, TimeProvider time, ILoggerFactory loggers)
    : IAdminEndpoint, IDisposable
{
    /// <summary>For a qube to say all of its payload, and again to take the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILogger<QubeEndpoint> logger = loggers.CreateLogger<QubeEndpoint>();
    private readonly AdminReplies replies = new(loop, new AdminCalls(qubes, methods, asked: events), loggers.CreateLogger<AdminReplies>());
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running = 1;

    public async Task ServeAsync(AdminQubeCall call, Stream answer, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping.Token);
        if (await ReadAsync(call, over.Token) is not { } payload)
        {
            Log.QubeRequestTooLong(logger, call.Source.Name, new(call.Method));
            return;
        }
        var request = new AdminRequest(call.Method, call.Argument, call.Source.Name, call.Destination, payload);
        Log.QubeCalled(logger, new(request.Method), new(request.Argument), request.Source, new(request.Destination));

        var session = new OutputStreamSession(answer, over.Token);
        Task<AdminReply> answering = AnswerAsync(call.Source, request, session);
        AdminReply last = await answering.WaitAsync(over.Token);
        // A stream that ended because its caller left may say so first.
        over.Token.ThrowIfCancellationRequested();
        // To write nothing may also take as long as the caller does not read.
        if (last.Head.IsEmpty)
            return;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, over.Token);
        await answer.WriteAsync(last.Head, either.Token);
        await answer.WriteAsync(last.Body, either.Token);
    }

    /// <summary>Cancels what runs and waits for it. Called once.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        Leave();
        await idle.Task;
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>Owns the session: it lives as long as the method, whether anybody waits for the answer or not.</summary>
    private async Task<AdminReply> AnswerAsync(IQube source, AdminRequest request, OutputStreamSession session)
    {
        Interlocked.Increment(ref running);
        try
        {
            await using (session)
            {
                AdminReply last = await replies.OfAsync(source, request, session, isHere: false, stopping.Token);
                await session.FlushAsync();
                if (session.Stream is not { HasOverflowed: true })
                    return last;
                Log.QubeFellBehind(logger, source.Name, new(request.Method));
                return AdminReply.Nothing;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The payload, or null when the request would be longer than the socket takes.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(AdminQubeCall call, CancellationToken over)
    {
        // METHOD "+" ARGUMENT SP SOURCE SP "name" SP DESTINATION NUL
        int room = AdminRequestParser.MaxLength - call.Method.Length - call.Argument.Length - call.Source.Name.Length
            - call.Destination.Length - "+  name \0".Length;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, over);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(AdminRequestParser.MaxLength);
        try
        {
            int length = 0;
            while (length <= room)
            {
                int count = await call.Payload.ReadAsync(buffer.AsMemory(length, AdminRequestParser.MaxLength - length), either.Token);
                if (count == 0)
                    return buffer.AsSpan(0, length).ToArray();
                length += count;
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref running) == 0)
            idle.TrySetResult();
    }
}
