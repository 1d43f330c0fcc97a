using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Lives;

/// <summary>A preload that is one caller's alone; the only thing that can hand it out (spec: preloaded disposables, section 4.2).</summary>
internal sealed class RequestedPreload(PreloadLife preload)
{
    public PreloadLife Preload => preload;

    /// <summary>Waits for its boot, lets it run and gives it its new life.</summary>
    /// <param name="use">Does T7 and what follows from it; called unless letting it run has begun that.</param>
    /// <param name="patience">The longest wait for its boot, and then for going on.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancel">The caller went away; the preload is still to be discarded.</param>
    /// <exception cref="QubesException">It ended, or does not go on.</exception>
    /// <exception cref="TimeoutException">Its boot took longer than <paramref name="patience"/>, or its network too long.</exception>
    public async Task<IQube> HandOverAsync(Func<PreloadLife, Task> use, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        if (!preload.IsCompleted && !await preload.Completed.WaitAsync(patience, time, cancel))
            throw new QubeException($"'{preload.Qube.Name}' could not be started");
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            // Whoever lets it run makes it used: the event of it does.
            if (preload.Qube.PowerState == PowerState.Paused)
                await preload.Qube.UnpauseAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"'{preload.Qube.Name}' did not go on within {patience.TotalSeconds} s");
        }
        catch (QubeNotPausedException) when (preload.Qube.PowerState == PowerState.Running)
        {
            // Somebody else was faster; it is still this caller's.
        }
        if (preload.Qube.PowerState != PowerState.Running)
            throw new QubeException($"'{preload.Qube.Name}' does not run: it is {preload.Qube.PowerState}");
        await (preload.Stage == PreloadStage.Requested ? use(preload) : preload.Use).WaitAsync(cancel);
        return preload.Stage == PreloadStage.Used
            ? preload.Qube
            : throw new QubeException($"'{preload.Qube.Name}' ended while it was handed over");
    }
}
