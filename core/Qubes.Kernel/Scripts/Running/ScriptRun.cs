using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Scripts.Compiling;
using Qubes.Kernel.Scripts.Copies;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>
/// One version of a script: its code, its thread, and what it registered. It does nothing before it is published, and nothing after it was
/// revoked but what it was called for before.
/// </summary>
internal sealed class ScriptRun : IAsyncDisposable
{
    private readonly ScriptSurroundings around;
    private readonly ScriptThread thread;
    private readonly ILogger log;
    private readonly ScriptOrders orders;
    private ScriptContext? context;
    private List<ScriptOffer> offers = [];
    private OwnedEventBus? bus;
    private int failuresInARow;

    private ScriptRun(string name, ScriptContext context, ScriptSurroundings around)
    {
        this.around = around;
        this.context = context;
        Context = new(context);
        Name = name;
        log = around.Loggers.CreateLogger("Script." + name);
        orders = new(around.Loop, around.Qubes, log);
        thread = new(name, around.Budgets, around.Time, why => around.Loop.Post(() => Stopped?.Invoke(this, why)));
    }

    /// <summary>On the kernel loop: why it was stopped.</summary>
    public Action<ScriptRun, string>? Stopped { get; set; }

    /// <summary>On the kernel loop: a call of it failed, and why.</summary>
    public Action<ScriptRun, string>? CallFailed { get; set; }

    public string Name { get; }

    public ScriptBudgets Budgets => around.Budgets;

    public TimeProvider Time => around.Time;

    /// <summary>What it registered.</summary>
    public IReadOnlyList<ScriptOffer> Offers => offers;

    /// <summary>How often it failed. On the kernel loop.</summary>
    public int Faults { get; private set; }

    /// <summary>Alive: its code is in memory.</summary>
    public WeakReference<ScriptContext> Context { get; }

    /// <summary>Loads code and runs its top level. Off the kernel loop.</summary>
    /// <exception cref="ScriptStartException">It failed, or was stopped.</exception>
    public static async Task<ScriptRun> StartAsync(string name, CompiledScript code, ScriptSurroundings around)
    {
        var run = Create(name, code, around, out var first);
        run.thread.Post(first);
        try
        {
            run.offers = await first.Outcome;
            return run;
        }
        catch (ScriptStartException)
        {
            await run.DisposeAsync();
            throw;
        }
    }

    // Not inlined, so that no state machine keeps the context.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ScriptRun Create(string name, CompiledScript code, ScriptSurroundings around, out StartJob first)
    {
        var context = new ScriptContext(name);
        var run = new ScriptRun(name, context, around);
        first = new StartJob(new ScriptSession(name, around.Time, run.log), context, code, around.Budgets.Start);
        return run;
    }

    /// <summary>On the kernel loop: what it registered counts from now on.</summary>
    public void Publish(OwnedEventBus own)
    {
        bus = own;
        foreach (var offer in offers)
            offer.Subscribe(this, own);
    }

    /// <summary>On the kernel loop: nothing it registered counts any more.</summary>
    public void Revoke()
    {
        bus?.Dispose();
        bus = null;
        offers = [];
        Stopped = null;
        CallFailed = null;
    }

    /// <summary>Copies for one call, made on the kernel loop.</summary>
    public QubeCopies Copies() => new(orders, around.Qubes.AdminVm, around.Changes);

    /// <summary>The qube of a name.</summary>
    public IQube? Find(string name) => around.Qubes.TryFind(name, out var qube) ? qube : null;

    /// <summary>Has it called. From any thread.</summary>
    public void Post(ScriptJob job) => thread.Post(job);

    /// <summary>Has something done on the kernel loop. From any thread.</summary>
    public void OnLoop(Action work) => around.Loop.Post(work);

    /// <summary>A call of it ended well. On its thread.</summary>
    public void Succeeded() => failuresInARow = 0;

    /// <summary>A call of it did not. From any thread.</summary>
    public void Failed(string what, Exception cause) => Failed(what, ScriptFailure.Of(cause));

    /// <inheritdoc cref="Failed(string, Exception)"/>
    public void Failed(string what, string reason)
    {
        Log.CallFailed(log, Name, what, reason);
        // In one turn: whoever sees that it failed sees why.
        OnLoop(() =>
        {
            Faults++;
            CallFailed?.Invoke(this, $"{what}: {reason}");
        });
        if (Interlocked.Increment(ref failuresInARow) is var inARow && inARow >= around.Budgets.Failures)
            thread.Stop($"it failed {inARow} times in a row; the last time, {what}: {reason}");
    }

    /// <summary>Stops it. From any thread.</summary>
    public void Stop(string why) => thread.Stop(why);

    /// <summary>Off the kernel loop, when it was revoked: lets it do what it was called for, and begins the unloading.</summary>
    public async ValueTask DisposeAsync()
    {
        await thread.DisposeAsync();
        if (!thread.Ended.IsCompleted)
            Log.NotUnloaded(log, Name);
        Unload();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Unload()
    {
        context?.Unload();
        context = null;
    }
}
