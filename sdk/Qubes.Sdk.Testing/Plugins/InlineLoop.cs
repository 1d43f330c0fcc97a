using Qubes.Sdk.Hosting;

namespace Qubes.Sdk.Testing.Plugins;

/// <summary>A kernel loop for tests: runs work at once on the calling thread, which is always on the loop. For one thread.</summary>
public sealed class InlineLoop : IKernelLoop
{
    private readonly Queue<Action> posted = new();
    private bool isRunningPosted;

    /// <inheritdoc/>
    public bool IsCurrent => true;

    /// <inheritdoc/>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return work();
    }

    /// <inheritdoc/>
    public Task InvokeAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return work();
    }

    /// <summary>Runs the work before it returns; work that was posted by posted work comes after it, as turns of the daemon do.</summary>
    public void Post(Action work)
    {
        posted.Enqueue(work);
        if (isRunningPosted)
            return;
        isRunningPosted = true;
        try
        {
            while (posted.TryDequeue(out var next))
                next();
        }
        finally
        {
            isRunningPosted = false;
        }
    }
}
