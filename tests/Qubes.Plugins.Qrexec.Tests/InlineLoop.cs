using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>Runs everything at once, one caller at a time.</summary>
internal sealed class InlineLoop : IKernelLoop
{
    private readonly Lock gate = new();

    public bool IsCurrent => true;

    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        lock (gate)
            return work();
    }

    public Task InvokeAsync(Func<Task> work)
    {
        lock (gate)
            return work();
    }

    public void Post(Action work)
    {
        lock (gate)
            work();
    }
}
