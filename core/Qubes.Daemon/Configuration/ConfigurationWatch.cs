using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Watching;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Configuration;

/// <summary>
/// Reads the configuration anew when it changes and gives plugins their sections. Files that cannot be used leave everything as it is; the
/// daemon's own section is taken when it is restarted.
/// </summary>
/// <param name="main">The main file.</param>
internal sealed class ConfigurationWatch(
    string main, IConfiguration first, PluginHost plugins, TimeProvider time, ILogger<ConfigurationWatch> log) : IDisposable
{
    // Told changes one at a time, so that an older content never comes after a newer one.
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private Dictionary<string, string?> read = Flat(first);
    private FolderWatch? watch;

    public void Start() => watch = new(
        [Path.GetDirectoryName(main)!], time, () => _ = TakeAsync(), (directory, e) => Log.NotWatched(log, e, directory));

    public void Dispose()
    {
        watch?.Dispose();
        ending.Cancel();
        ending.Dispose();
    }

    private async Task TakeAsync()
    {
        var cancel = ending.Token;
        try
        {
            await turn.WaitAsync(cancel);
            try
            {
                await TakeAsync(cancel);
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The daemon ends.
        }
        catch (QubesException e)
        {
            Log.ConfigurationNotTaken(log, e.Message);
        }
    }

    private async Task TakeAsync(CancellationToken cancel)
    {
        var next = ConfigurationFiles.Read(main);
        var now = Flat(next);
        if (now.Count == read.Count && now.All(pair => read.TryGetValue(pair.Key, out var value) && value == pair.Value))
            return;
        foreach (var complaint in ConfigurationCheck.Complaints(next, plugins.Status))
            Log.Configuration(log, complaint);
        await plugins.ConfigureAsync(next, cancel);
        read = now;
        Log.ConfigurationTaken(log);
    }

    private static Dictionary<string, string?> Flat(IConfiguration configuration) =>
        configuration.AsEnumerable().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
