using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Metrics;

/// <summary>
/// Offers the metrics to local clients. Few at a time, each for a few seconds; when all places are taken, the oldest client makes
/// room, so that one that dawdles costs nobody anything. Without its socket the plugin goes on.
/// </summary>
internal sealed class MetricsServer(PreloadMetrics metrics, IKernelLoop loop, QubesPaths paths, TimeProvider time, ILogger<MetricsServer> log)
    : IKernelService, IDisposable
{
    public const int MostClients = 8;

    /// <summary>A client's time, request and answer together.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(0.1);

    private readonly CancellationTokenSource stopping = new();
    private readonly List<CancellationTokenSource> clients = [];
    private readonly Lock sync = new();
    private Task accepting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancel)
    {
        try
        {
            var listener = LocalListener.Open(paths.MetricsSocket, MostClients);
            accepting = Task.Run(() => AcceptAsync(listener), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ArgumentOutOfRangeException)
        {
            // ArgumentOutOfRangeException: the path is longer than a socket's address can be.
            Log.NoMetrics(log, paths.MetricsSocket, e.Message);
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await stopping.CancelAsync();
        await accepting.WaitAsync(cancel);
    }

    public void Dispose() => stopping.Dispose();

    private async Task AcceptAsync(LocalListener listener)
    {
        using var _ = listener;
        var serving = new HashSet<Task>();
        var connection = new ScrapeConnection(() => loop.InvokeAsync(() => metrics.ReadAsync(stopping.Token)));
        while (!stopping.IsCancellationRequested)
        {
            serving.RemoveWhere(s => s.IsCompleted);
            try
            {
                serving.Add(ServeAsync(await listener.AcceptAsync(stopping.Token), listener, connection));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The plugin stops.
            }
            catch (SocketException)
            {
                // The client left first, or the process is out of descriptors; the next client may fare better.
                await Task.Delay(AfterTrouble, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client, LocalListener listener, ScrapeConnection connection)
    {
        using var socket = client;
        using var deadline = new CancellationTokenSource(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping.Token);
        Enter(end);
        try
        {
            if (listener.Admits(PeerCredentials.Of(client)))
                await connection.ServeAsync(client, end.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // It left, took too long, or made room for another one: its own trouble.
        }
        catch (Exception e)
        {
            // Nobody else would ever hear of it.
            Log.WorkBroke(log, "Reading metrics", e);
        }
        finally
        {
            Leave(end);
        }
    }

    private void Enter(CancellationTokenSource client)
    {
        lock (sync)
        {
            // Within the lock: one that has left may be disposed of.
            if (clients.Count == MostClients)
            {
                clients[0].Cancel();
                clients.RemoveAt(0);
            }
            clients.Add(client);
        }
    }

    private void Leave(CancellationTokenSource client)
    {
        lock (sync)
            clients.Remove(client);
    }
}
