using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Memory;

/// <summary>
/// Measures what preloads cost the host. Reading a process's pages takes the host's kernel a while: never done on the kernel loop, few at
/// a time, and whoever waits for it does not wait long.
/// </summary>
internal sealed class MemoryFigures(CopyCosts costs, TimeProvider time, ILogger<MemoryFigures> log) : IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private const int MostAtATime = 4;

    private readonly SemaphoreSlim turns = new(MostAtATime, MostAtATime);
    private readonly HashSet<PreloadLife> underWay = [];

    /// <summary>Measures one that has just become ready, for what its successors will cost.</summary>
    public async Task NoteReadyAsync(PreloadLife preload, CancellationToken cancel)
    {
        if (preload.Qube.Machine is not { } machine)
            return;
        var isCopy = machine.IsClone;
        await MeasureAsync(preload, cancel);
        if (!isCopy)
            costs.Note(preload.Template, ofCopy: null);
        else if (preload.HostMemory is { } memory)
            costs.Note(preload.Template, memory);
    }

    /// <summary>Measures some anew, and returns when that is done or has taken too long: what was not measured keeps its figures.</summary>
    public async Task MeasureAsync(IEnumerable<PreloadLife> preloads, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var all = Task.WhenAll(preloads.ToList().Select(p => MeasureAsync(p, stop.Token)));
        using var deadline = new CancellationTokenSource(Longest, time);
        await all.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await stop.CancelAsync();
    }

    public void Dispose() => turns.Dispose();

    // One that does not answer is asked once, however often somebody wants to know.
    private async Task MeasureAsync(PreloadLife preload, CancellationToken cancel)
    {
        if (preload.Qube.Machine is not { } machine || !underWay.Add(preload))
            return;
        try
        {
            await turns.WaitAsync(cancel);
            try
            {
                preload.HostMemory = (await Task.Run(() => machine.MeasureAsync(cancel), cancel)).Host ?? preload.HostMemory;
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // It took too long.
        }
        catch (QubesException e)
        {
            // It may have ended meanwhile.
            Log.NotMeasured(log, preload.Qube.Name, e.Message);
        }
        finally
        {
            underWay.Remove(preload);
        }
    }
}
