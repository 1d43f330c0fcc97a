using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Scripts.Running;

namespace Qubes.Kernel.Scripts;

/// <summary>Ends versions of scripts that were revoked, and proves that they are gone. From any thread.</summary>
internal sealed class Unloading(TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const int Rounds = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<Task> ending = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Nobody waits for it.</summary>
    public void Begin(ScriptRun run)
    {
        var work = EndAsync(run.Name, End(run, out var context), context);
        lock (gate)
        {
            ending.RemoveWhere(t => t.IsCompleted);
            ending.Add(work);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Task all;
        lock (gate)
            all = Task.WhenAll(ending);
        await all;
        stopping.Dispose();
    }

    // The run itself, which holds the script's code, goes no further than this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task End(ScriptRun run, out WeakReference<ScriptContext> context)
    {
        context = run.Context;
        return Task.Run(async () => await run.DisposeAsync());
    }

    private async Task EndAsync(string name, Task end, WeakReference<ScriptContext> context)
    {
        await end;
        for (var round = 0; round < Rounds && !stopping.IsCancellationRequested; round++)
        {
            await Task.Delay(Pause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested || !IsAlive(context))
                return;
            GC.Collect();
        }
        if (!stopping.IsCancellationRequested && IsAlive(context))
            Log.StillLoaded(log, name);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAlive(WeakReference<ScriptContext> context) => context.TryGetTarget(out _);
}
