using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Prompting;

/// <summary>
/// The terminals in which an operator runs <c>qubes-policy prompt</c>, connected over <c>policy-prompt.sock</c>: only root and the
/// daemon's own user may answer. The one that connected last is asked.
/// </summary>
internal sealed class TerminalPrompts(QubesPaths paths, TimeProvider time, ILogger<TerminalPrompts> logger)
    : IPolicyPrompt, IKernelService, IDisposable
{
    private const int MostTerminals = 8;
    private static readonly TimeSpan PauseAfterTrouble = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly List<TerminalConnection> connected = [];
    private readonly CancellationTokenSource stop = new();
    private LocalListener? listener;
    private Task accepting = Task.CompletedTask;

    /// <summary>Where terminals connect.</summary>
    public string Path => paths.Runtime + "/policy-prompt.sock";

    /// <inheritdoc/>
    public async Task<PolicyAnswer?> AskAsync(PolicyQuestion question, CancellationToken cancel)
    {
        TerminalConnection? last;
        lock (gate)
            last = connected.LastOrDefault();
        return last is null ? null : await last.AskAsync(question, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel)
    {
        listener = LocalListener.Open(Path, MostTerminals);
        accepting = AcceptAsync(listener);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancel)
    {
        await stop.CancelAsync();
        listener?.Dispose();
        await accepting;
        TerminalConnection[] left;
        lock (gate)
            left = [.. connected];
        await Task.WhenAll(left.Select(c => c.DisposeAsync().AsTask()));
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private async Task AcceptAsync(LocalListener from)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await from.AcceptAsync(stop.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
            catch (SocketException e)
            {
                Log.AcceptFailed(logger, e.SocketErrorCode);
                await Task.Delay(PauseAfterTrouble, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The daemon stops.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        PeerCredentials peer = PeerCredentials.Of(socket);
        // Whoever answers lets calls through: a member of the group may ask the daemon much, but not that.
        if (!peer.IsOwner)
        {
            Log.ClientRefused(logger, peer.Pid, peer.Uid);
            socket.Dispose();
            return;
        }
        TerminalConnection connection = new(socket, time);
        lock (gate)
        {
            if (stop.IsCancellationRequested || connected.Count >= MostTerminals)
            {
                socket.Dispose();
                return;
            }
            connected.Add(connection);
        }
        Log.TerminalConnected(logger, peer.Pid, peer.Uid);
        await connection.Ended.ConfigureAwait(false);
        lock (gate)
            connected.Remove(connection);
        Log.TerminalLeft(logger, peer.Pid);
    }
}
