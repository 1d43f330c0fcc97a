using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Policy.Answers;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Evaluating;

/// <summary><c>/run/qubes/policy.sock</c>: one request per connection, answered in the words of the policy's reply (spec: protocol, section 5).</summary>
internal sealed class PolicySocket(QubesPaths paths, PolicyEngine engine, TimeProvider time, ILogger<PolicySocket> logger)
    : IKernelService, IDisposable
{
    private const int MostClients = 64;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterTrouble = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim places = new(MostClients, MostClients);
    private LocalListener? listener;
    private Task accepting = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel)
    {
        listener = LocalListener.Open(paths.Runtime + "/policy.sock", MostClients);
        accepting = AcceptAsync(listener);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancel)
    {
        await stop.CancelAsync();
        await accepting;
        listener?.Dispose();
        for (int i = 0; i < MostClients; i++)
            await places.WaitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Dispose();
        places.Dispose();
    }

    private async Task AcceptAsync(LocalListener from)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await places.WaitAsync(stop.Token).ConfigureAwait(false);
                _ = ServeAsync(await AcceptOneAsync(from).ConfigureAwait(false), from);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops. A place that was taken for a client who did not come is free again.
        }
    }

    private async Task<Socket?> AcceptOneAsync(LocalListener from)
    {
        try
        {
            return await from.AcceptAsync(stop.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            Log.AcceptFailed(logger, e.SocketErrorCode);
            await Task.Delay(PauseAfterTrouble, time, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            places.Release();
            throw;
        }
    }

    private async Task ServeAsync(Socket? socket, LocalListener from)
    {
        try
        {
            using Socket? client = socket;
            if (socket is null)
                return;
            PeerCredentials peer = PeerCredentials.Of(socket);
            await using NetworkStream stream = new(socket, ownsSocket: true);
            if (!from.Admits(peer))
                Log.ClientRefused(logger, peer.Pid, peer.Uid);
            else if (await ReadAsync(stream).ConfigureAwait(false) is { } request)
                await AnswerAsync(stream, request).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client left or took too long, or the daemon stops: no answer is a refusal.
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<PolicyRequest?> ReadAsync(NetworkStream stream)
    {
        using CancellationTokenSource limit = new(LongestRequest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Token);
        byte[] buffer = new byte[PolicyRequest.Longest];
        for (int held = 0; held < buffer.Length;)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(held), either.Token).ConfigureAwait(false);
            held += count;
            int end = buffer.AsSpan(0, held).IndexOf("\n\n"u8);
            if (count == 0 || end >= 0)
                return PolicyRequest.TryParse(buffer.AsSpan(0, end >= 0 ? end : held));
        }
        return null;
    }

    private async Task AnswerAsync(NetworkStream stream, PolicyRequest request)
    {
        PolicyVerdict verdict = await engine.EvaluateAsync(request.Call, request.Modes, stop.Token).ConfigureAwait(false);
        string text = string.Join('\n', ReplyText.Lines(verdict.Outcome, request.Modes));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop.Token).ConfigureAwait(false);
    }
}
