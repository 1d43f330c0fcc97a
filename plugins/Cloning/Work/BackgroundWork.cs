using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Cloning.Work;

/// <summary>What nobody waits for, until the plugin ends. Used on the kernel loop.</summary>
internal sealed class BackgroundWork(IKernelLoop loop, ILogger<BackgroundWork> log) : IDisposable
{
    private readonly HashSet<Task> running = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Cancelled when the plugin ends.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Runs work in a turn of its own, after those that are under way, so that clients hear of causes before effects.</summary>
    public void Post(string what, Func<CancellationToken, Task> work) => loop.Post(() => Start(what, work));

    /// <summary>Runs work now; it is awaited when the plugin ends.</summary>
    public void Start(string what, Func<CancellationToken, Task> work)
    {
        if (!stopping.IsCancellationRequested)
            Track(RunAsync(what, work));
    }

    /// <summary>Has somebody else's work be awaited when the plugin ends.</summary>
    public void Track(Task work)
    {
        if (work.IsCompleted)
            return;
        running.Add(work);
        _ = ForgetAsync(work);
    }

    /// <summary>Cancels everything and returns when it has ended.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        while (running.Count > 0)
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => stopping.Dispose();

    private async Task ForgetAsync(Task work)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        running.Remove(work);
    }

    private async Task RunAsync(string what, Func<CancellationToken, Task> work)
    {
        try
        {
            await work(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The plugin ends.
        }
        catch (QubesException e)
        {
            Log.WorkFailed(log, what, e.Message);
        }
        catch (Exception e)
        {
            // Nobody else would ever hear of it.
            Log.WorkBroke(log, what, e);
        }
    }
}
