using Autofac;
using Autofac.Core;
using Microsoft.Extensions.Logging;
using Qubes.Daemon.Configuration;
using Qubes.Daemon.Hosting;
using Qubes.Daemon.Logging;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon;

/// <summary>The daemon from its start to its end, with one line for whoever waits for either.</summary>
internal sealed class Daemon(DaemonOptions options, Surroundings around)
{
    /// <summary>Runs until it is told to end.</summary>
    /// <returns>The exit code: 0, or 1 after a line that says what failed.</returns>
    public async Task<int> RunAsync(CancellationToken terminate)
    {
        try
        {
            await ServeAsync(terminate);
            return 0;
        }
        catch (OperationCanceledException) when (terminate.IsCancellationRequested)
        {
            return 0; // Told to end while it was starting.
        }
        catch (Exception e) // Nothing is above: whatever it is, it ends the daemon and is told.
        {
            around.Error.Write("qubesd: ");
            EscapedText.Write(around.Error, Reason(e));
            around.Error.WriteLine();
            if (options.Debug)
                around.Error.WriteLine(e);
            return 1;
        }
    }

    private async Task ServeAsync(CancellationToken terminate)
    {
        var began = around.Time.GetTimestamp();
        Directories.Prepare(around.Paths);
        using var alone = InstanceLock.Take(around.Paths);
        var file = ConfigurationFile();
        var configuration = ConfigurationFiles.Read(file);
        var settings = DaemonSettings.Of(options, configuration);
        await using var container = Composition.Build(around, file, configuration, settings);
        await container.Resolve<DaemonRun>().StartAsync(terminate);
        var manager = new ServiceManager(around.NotifySocket, container.Resolve<ILogger<ServiceManager>>());
        await around.Output.WriteLineAsync("qubesd: ready");
        await manager.ReadyAsync();
        var log = container.Resolve<ILogger<Daemon>>();
        Log.Ready(log, settings.Hypervisor, (long)around.Time.GetElapsedTime(began).TotalMilliseconds);
        await Task.Delay(Timeout.InfiniteTimeSpan, around.Time, terminate).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Log.Stopping(log);
        await manager.StoppingAsync();
    }

    private string ConfigurationFile()
    {
        if (options.ConfigurationFile is not { } file)
            return around.Paths.Configuration + "/qubesd.conf";
        return File.Exists(file) ? Path.GetFullPath(file) : throw new QubesException($"there is no configuration file {file}");
    }

    // The container wraps what a constructor threw.
    private static string Reason(Exception e)
    {
        while (e is DependencyResolutionException && e.InnerException is { } inner)
            e = inner;
        return e is QubesException ? e.Message : $"{e.GetType().Name}: {e.Message}";
    }
}
