using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Traces;

/// <summary>
/// Records when disposables of which templates are wanted, while an administrator wants that: times and names of templates, nothing
/// else. It ends with the daemon. Used on the kernel loop.
/// </summary>
internal sealed class TraceRecorder(QubesPaths paths, TimeProvider time, ILogger<TraceRecorder> log) : IKernelService, IAsyncDisposable
{
    private TraceFile? file;
    private long begun;
    private DateTimeOffset begunAt;
    private bool isStarting;

    private string Path => paths.Logs + "/preload.trace";

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancel)
    {
        if (file is { WhyEnded: null })
            await EndAsync(file);
    }

    /// <summary>Somebody wants a disposable of the template.</summary>
    public void Note(IQube template) => file?.Add(time.GetElapsedTime(begun), template.Name);

    /// <exception cref="QubesException">One is being recorded, or the file cannot be made.</exception>
    public async Task<TraceStatus> StartAsync()
    {
        if (file is { WhyEnded: null } || isStarting)
            throw new QubesException("a trace is being recorded already; stop it first");
        isStarting = true;
        try
        {
            var (now, at) = (time.GetTimestamp(), time.GetLocalNow());
            // Not on the loop: a disk may take its time.
            file = await Task.Run(() => TraceFile.Create(Path, at));
            (begun, begunAt) = (now, at);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"no trace can be recorded: {e.Message}", e);
        }
        finally
        {
            isStarting = false;
        }
        Log.TraceBegun(log, Path);
        return Status;
    }

    /// <exception cref="QubesException">None is being recorded, or not all of it could be written.</exception>
    public async Task<TraceStatus> StopAsync()
    {
        if (file is null)
            throw new QubesException("no trace is being recorded; start one first");
        await EndAsync(file);
        return Status;
    }

    public TraceStatus Status => file is null
        ? new("none", null, 0, null, null)
        : new(file.WhyEnded is null ? "recording" : "ended", file.Path, file.Count, begunAt, file.WhyEnded);

    public async ValueTask DisposeAsync()
    {
        if (file is not null)
            await file.DisposeAsync();
    }

    private async Task EndAsync(TraceFile ending)
    {
        try
        {
            await ending.EndAsync(time.GetElapsedTime(begun));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"not all of the trace is in {ending.Path}: {e.Message}", e);
        }
        Log.TraceEnded(log, ending.Path, ending.Count);
    }
}
