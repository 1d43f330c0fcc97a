using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Memory;

/// <summary>
/// Has a preload give back what it does not need before it is paused (spec: preloaded disposables, section 8), and lets it have that again
/// when it is used. Whatever comes of it costs nobody the preload, and no caller waits for it.
/// </summary>
internal sealed class ShrinkBeforePause(LivingPreloads lives, IExtensions extensions, TimeProvider time, ILogger<ShrinkBeforePause> log)
{
    /// <summary>A broker ends by itself, long before that; one that does not costs no preload.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Ends at once when the preload is requested or discarded.</summary>
    public async Task OnPausingAsync(QubePausing e, CancellationToken cancel)
    {
        if (!lives.TryFind(e.Qube, out var preload) || preload.Stage != PreloadStage.Operational
            || e.Qube.Properties.Get(QubeProperties.Maxmem) == 0 || extensions.Broker() is not { } broker)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, preload.WhenRequested, preload.WhenDiscarded);
        try
        {
            var outcome = await broker.ShrinkAsync(e.Qube, stop.Token).WaitAsync(Longest, time, stop.Token);
            if (outcome == ShrinkOutcome.Stalled)
                Log.NotShrunk(log, e.Qube.Name, "its guest stopped giving back, or was slow");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Somebody wants it as it is, or nobody does any more.
        }
        catch (Exception error)
        {
            // The broker is another plugin's code: whatever it throws, a preload that holds too much is better than none.
            Log.NotShrunk(log, e.Qube.Name, error.Message);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    /// <summary>It is used; returns at once.</summary>
    public void Release(PreloadLife preload)
    {
        try
        {
            extensions.Broker()?.Release(preload.Qube);
        }
        catch (Exception error)
        {
            // Another plugin's code again, and a caller waits.
            Log.NotReleased(log, preload.Qube.Name, error.Message);
        }
    }
}
