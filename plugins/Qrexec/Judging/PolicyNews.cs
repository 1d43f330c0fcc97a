using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Tells users what came of calls (spec: policy, section 4). Nobody waits for it, and it changes nothing.</summary>
internal sealed class PolicyNews(GuiQubes guis, ILogger<PolicyNews> logger) : IKernelService, IDisposable
{
    private const string Service = "policy.Notify";

    // A guest that makes denied calls as fast as it can shall not fill its user's screen, nor our memory.
    private const int MostAtOnce = 16;

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, byte> running = new();

    /// <summary>Sends each, if the qube that it is for runs.</summary>
    public void Tell(IReadOnlyList<PolicyNotification> notifications, PolicyCall call)
    {
        foreach (PolicyNotification notification in notifications)
        {
            if (running.Count >= MostAtOnce || stop.IsCancellationRequested)
            {
                Log.NotTold(logger, notification.To, notification.Source);
                continue;
            }
            Task sending = SendAsync(notification, call);
            running.TryAdd(sending, 0);
            _ = sending.ContinueWith(t => running.TryRemove(t, out _), TaskScheduler.Default);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancel)
    {
        await stop.CancelAsync();
        await Task.WhenAll(running.Keys);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private async Task SendAsync(PolicyNotification notification, PolicyCall call)
    {
        try
        {
            // A GUI qube that is the host has nobody to tell: its log has it already.
            if (await guis.CallAsync(notification.To, Service, GuiMessages.News(notification, call), stop.Token).ConfigureAwait(false) is null)
                Log.NotTold(logger, notification.To, notification.Source);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }
}
