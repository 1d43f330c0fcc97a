using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Daemon.Configuration;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Scripts;
using Qubes.Kernel.Startup;

namespace Qubes.Daemon;

/// <summary>
/// The stages of the daemon's life, in order: state, plugins, scripts, pools and machines, services; and back. Its end takes every
/// step of the way back, also from a start that failed half-way.
/// </summary>
internal sealed class DaemonRun(
    IKernelStartup kernel, PluginHost plugins, ScriptHost scripts, IConfiguration configuration, ConfigurationWatch watch,
    ILogger<DaemonRun> log) : IAsyncDisposable
{
    /// <summary>Returns when all services answer.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await kernel.LoadAsync(cancel);
        // Side by side: neither needs the other to be there, and services need both.
        await Task.WhenAll(plugins.LoadAsync(cancel), scripts.StartAsync(cancel));
        foreach (var complaint in ConfigurationCheck.Complaints(configuration, plugins.Status))
            Log.Configuration(log, complaint);
        await kernel.AttachAsync(cancel);
        await plugins.StartServicesAsync(cancel);
        watch.Start();
    }

    /// <summary>Machines go on running; the next daemon takes them over.</summary>
    public async ValueTask DisposeAsync()
    {
        watch.Dispose();
        try
        {
            // Services first: to them it would look as if policies had been taken away.
            await plugins.StopServicesAsync();
            await scripts.DisposeAsync();
            await plugins.DisposeAsync();
        }
        finally
        {
            await kernel.StopAsync();
        }
    }
}
