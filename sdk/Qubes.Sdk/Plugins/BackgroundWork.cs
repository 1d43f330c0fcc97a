using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Sdk.Plugins;

/// <summary>What a plugin does that nobody waits for, until the plugin ends. Used on the kernel loop.</summary>
/// <param name="loop">Where <see cref="Post"/> runs work.</param>
/// <param name="failed">Told of work that ended with a refusal, by the name that it was given: for the plugin's log.</param>
/// <param name="broke">Told of work that ended with anything else, which nobody else would ever hear of.</param>
public sealed class BackgroundWork(IKernelLoop loop, Action<string, QubesException> failed, Action<string, Exception> broke) : IDisposable
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

    /// <inheritdoc/>
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
            failed(what, e);
        }
        catch (Exception e)
        {
            broke(what, e);
        }
    }
}
