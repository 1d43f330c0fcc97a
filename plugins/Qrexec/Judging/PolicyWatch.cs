using Microsoft.Extensions.Logging;
using Qubes.Policy.Loading;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Reads the policy at start and soon after each change, so that a mistake is in the log before a call meets it.</summary>
internal sealed class PolicyWatch(PolicyStore store, ShippedPolicy shipped, TimeProvider time, ILogger<PolicyWatch> logger)
    : IKernelService, IDisposable
{
    // What unpacks a package or saves a file changes several things in a row.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly List<FileSystemWatcher> watchers = [];
    private readonly CancellationTokenSource stop = new();
    private ITimer? timer;
    private Task running = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        shipped.CopyIfThereIsNone();
        await store.GetAsync(cancel);
        timer = time.CreateTimer(_ => running = ReadAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        PolicyDirectories directories = store.Directories;
        foreach (string path in (string[])[directories.Fixed, directories.Runtime, directories.Legacy])
            Watch(path);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancel)
    {
        watchers.ForEach(w => w.Dispose());
        await stop.CancelAsync();
        if (timer is not null)
            await timer.DisposeAsync();
        await running;
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private void Watch(string path)
    {
        if (!Directory.Exists(path))
            return;
        FileSystemWatcher watcher = new(path)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.Attributes | NotifyFilters.Security,
        };
        watcher.Changed += Changed;
        watcher.Created += Changed;
        watcher.Deleted += Changed;
        watcher.Renamed += Changed;
        // Changes were missed, or the directory is gone. The next call looks for itself.
        watcher.Error += (_, e) =>
        {
            Log.WatchFailed(logger, path, new(e.GetException().Message));
            timer?.Change(Quiet, Timeout.InfiniteTimeSpan);
        };
        watchers.Add(watcher);
        watcher.EnableRaisingEvents = true;
    }

    private void Changed(object sender, FileSystemEventArgs e) => timer?.Change(Quiet, Timeout.InfiniteTimeSpan);

    private async Task ReadAsync()
    {
        try
        {
            await store.GetAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }
}
