namespace Qubes.Plugins.Templates.Builds;

/// <summary>All builds that run, so that they end with the plugin. On the kernel loop.</summary>
internal sealed class BuildsUnderWay : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Runs a build until it ends, its caller leaves, or the plugin stops.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> build, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancel);
        var running = build(either.Token);
        _running.Add(running);
        try
        {
            return await running;
        }
        finally
        {
            _running.Remove(running);
        }
    }

    /// <summary>Ends all builds and returns when they are gone.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        // Each caller gets its own build's outcome; here only the end counts.
        await Task.WhenAll(_running.Select(r => r.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)));
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
