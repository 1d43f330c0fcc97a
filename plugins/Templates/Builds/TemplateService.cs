using Microsoft.Extensions.Logging;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Processes;
using Qubes.Plugins.Templates.Registration;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>Removes what builds of a killed daemon left, and ends running builds with the plugin.</summary>
internal sealed class TemplateService(
    CacheFolders folders, ImportFolder imports, KernelFolders kernels, BuildsUnderWay underWay, ILogger<TemplateService> logger) : IKernelService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _sweep = Task.CompletedTask;

    /// <summary>Before any build can begin; only the removal in the cache, which may be long, goes on behind it.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        imports.RemoveRemains();
        kernels.RemoveRemains();
        _sweep = Task.Run(() => SweepAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await _stopping.CancelAsync();
        await underWay.StopAsync();
        await _sweep;
    }

    /// <summary>Completes when the removal does.</summary>
    internal Task SweptAsync() => _sweep;

    public void Dispose() => _stopping.Dispose();

    private async Task SweepAsync(CancellationToken cancel)
    {
        try
        {
            var count = await WorkDirectory.RemoveRemainsAsync(folders, cancel);
            if (count > 0)
                Log.RemovedRemains(logger, count, folders.Work);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The next start goes on with it.
        }
        catch (Exception e) when (e is ToolFailedException or IOException or UnauthorizedAccessException)
        {
            Log.RemainsStay(logger, folders.Work, e);
        }
    }
}
