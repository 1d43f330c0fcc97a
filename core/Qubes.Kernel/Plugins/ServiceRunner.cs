using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// Starts and stops services, and ends plugins, on the kernel loop, each within a deadline: its token is cancelled when the time is up, and a
/// little later it is left behind.
/// </summary>
internal sealed class ServiceRunner(IKernelLoop loop, TimeProvider time)
{
    /// <summary>How long one service may take to start.</summary>
    public static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    /// <summary>How long one service may take to stop.</summary>
    public static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    /// <summary>What a service gets to obey its cancelled token.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <exception cref="TimeoutException">The service did not obey its token.</exception>
    public Task StartAsync(IKernelService service, CancellationToken cancel) =>
        RunAsync(service.StartAsync, StartDeadline, cancel);

    /// <exception cref="TimeoutException">The service did not obey its token.</exception>
    public Task StopAsync(IKernelService service) => RunAsync(service.StopAsync, StopDeadline, CancellationToken.None);

    /// <summary>Ends a plugin's handlers and disposes of it, within the deadline of a stop.</summary>
    /// <exception cref="TimeoutException">It did not come to an end.</exception>
    public Task EndAsync(PluginInstance plugin) =>
        RunAsync(
            async cancel =>
            {
                await plugin.Bus.DrainAsync(cancel);
                await plugin.DisposeAsync();
            },
            StopDeadline, CancellationToken.None);

    private async Task RunAsync(Func<CancellationToken, Task> step, TimeSpan deadline, CancellationToken cancel)
    {
        using var timeUp = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cancel);
        await loop.InvokeAsync(() => step(either.Token)).WaitAsync(deadline + Grace, time, CancellationToken.None);
    }
}
