using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>
/// Takes the calls of programs on the host, at the socket where an agent would take those of programs in a guest, so that a program
/// written for Qubes finds it. Every user may connect; who may call what is for <see cref="CallerSources"/> and policy to say.
/// </summary>
internal sealed class LocalCallers(
    QubesPaths paths, CallerSources sources, CallerVchans vchans, ICallMaker maker, TimeProvider time, ILogger<LocalCallers> logger)
    : IKernelService, IDisposable
{
    /// <summary>For a program to say what it wants.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the place of a refused program stays taken, and how often it is told at most that there is none: nobody can fill the
    /// log by asking again and again.
    /// </summary>
    public static readonly TimeSpan Penalty = TimeSpan.FromSeconds(1);

    private const int Backlog = 256;

    private static readonly TimeSpan PauseAfterTrouble = TimeSpan.FromMilliseconds(100);
    private static readonly RequestId AskedAs = RequestId.FromText("SOCKET");

    private readonly OngoingWork work = new();
    private readonly CallerPlaces places = new();
    private LocalListener? listener;
    private Task accepting = Task.CompletedTask;
    private long? lastTooMany;

    public Task StartAsync(CancellationToken cancel)
    {
        vchans.Prepare();
        listener = LocalListener.OpenForEveryone(paths.Runtime + "/qrexec-agent", Backlog);
        LocalListener from = listener;
        accepting = Task.Run(() => AcceptAsync(from), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await work.BreakOffAsync();
        listener?.Dispose();
        await accepting;
        await work.EndAsync();
    }

    public void Dispose()
    {
        listener?.Dispose();
        work.Dispose();
    }

    private async Task AcceptAsync(LocalListener from)
    {
        try
        {
            while (true)
            {
                if (await AcceptOneAsync(from) is var (socket, peer))
                    Begin(socket, peer);
            }
        }
        catch (OperationCanceledException)
        {
            // The plugin stops.
        }
    }

    private async Task<(Socket Socket, PeerCredentials Peer)?> AcceptOneAsync(LocalListener from)
    {
        Socket? socket = null;
        try
        {
            socket = await from.AcceptAsync(work.Stopping);
            return (socket, PeerCredentials.Of(socket));
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            Log.AcceptFailed(logger, e.SocketErrorCode);
            await Task.Delay(PauseAfterTrouble, time, work.Stopping);
            return null;
        }
    }

    private void Begin(Socket socket, PeerCredentials peer)
    {
        if (!places.TryEnter(peer.Uid))
        {
            socket.Dispose();
            if (lastTooMany is not { } last || time.GetElapsedTime(last) >= Penalty)
            {
                lastTooMany = time.GetTimestamp();
                Log.HostCallerTooMany(logger, peer.Uid, peer.Pid);
            }
            return;
        }
        work.Enter();
        _ = ServeAsync(socket, peer);
    }

    private async Task ServeAsync(Socket socket, PeerCredentials peer)
    {
        await Task.Yield();
        if (await RefusalAsync(socket, peer) is { } refusal)
        {
            Log.HostCallerRefused(logger, peer.Uid, peer.Pid, new(refusal));
            await Task.Delay(Penalty, time, work.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        places.Leave(peer.Uid);
        work.Leave();
    }

    /// <summary>Serves a program until its call is over; why it got none, if so.</summary>
    private async Task<string?> RefusalAsync(Socket socket, PeerCredentials peer)
    {
        await using var connection = new MessageConnection(new UnixVchan(socket)) { Version = ProtocolVersion.Current };
        try
        {
            if (await ReadAsync(connection) is { } request)
                await MakeAsync(connection, peer, request);
            return null;
        }
        catch (Exception e) when (e is HostCallersException or QrexecViolationException)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return work.Stopping.IsCancellationRequested ? null : "it did not say in time what it wants";
        }
    }

    private async Task MakeAsync(MessageConnection connection, PeerCredentials peer, TriggerRequest request)
    {
        CallSource source = await sources.FindAsync(peer.Uid, work.Stopping);
        if (!CallerVchans.CanServe(peer))
            throw new HostCallersException(source.Name, "this daemon is not root, and can serve its own user only");
        if (request.Source.Length > 0 && request.Source != source.Name)
            throw new QrexecViolationException($"it is '{source.Name}' and speaks for nobody else");
        await using var caller = new LocalCaller(source, peer.Uid, connection, vchans);
        caller.Watch();
        Log.HostCallerAsks(logger, source.Name, peer.Uid, peer.Pid, new(request.Service), new(request.Target));
        await maker.MakeAsync(caller, new CallRequest(source, request.Target, request.Service), work.Stopping);
    }

    /// <summary>What a program wants; null when it left without saying.</summary>
    private async Task<TriggerRequest?> ReadAsync(MessageConnection connection)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, work.Stopping);
        if (await connection.ReadAsync(either.Token) is not { } message)
            return null;
        if (message.Type != MessageType.TriggerService4)
            throw new QrexecViolationException($"message type 0x{(int)message.Type:x} does not begin a call here");
        var request = TriggerRequest.Parse(message.Type, ProtocolVersion.Current, message.Body.Span);
        if (request.Fault is { } fault)
            throw new QrexecViolationException(fault);
        return request.Id == AskedAs ? request : throw new QrexecViolationException($"the request id is not {AskedAs.Text}");
    }
}
