using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>Runs everything where it is asked for.</summary>
internal sealed class InlineLoop : IKernelLoop
{
    public bool IsCurrent => true;

    public Task<T> InvokeAsync<T>(Func<Task<T>> work) => work();

    public Task InvokeAsync(Func<Task> work) => work();

    public void Post(Action work) => work();
}
