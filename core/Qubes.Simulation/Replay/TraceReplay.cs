using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Simulation.Scripts;
using Qubes.Simulation.Traces;
using Qubes.Simulation.Worlds;

namespace Qubes.Simulation.Replay;

/// <summary>Makes the requests of a trace at their times, and uses what they get for a while.</summary>
internal sealed class TraceReplay
{
    /// <summary>Before the trace begins the queues are filled.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(2);

    /// <summary>A request that takes longer has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const int MostWakings = 100_000;

    private readonly SimulationOptions options;
    private readonly Trace trace;
    private readonly SimulationKernel kernel;
    private readonly Replayed replayed;
    private readonly DateTimeOffset begun;
    private List<IQube> templates = [];
    private int underWay;

    private TraceReplay(SimulationOptions options, Trace trace, SimulationKernel kernel, string policy)
    {
        (this.options, this.trace, this.kernel) = (options, trace, kernel);
        replayed = new(policy, trace.Length, options.MemoryMiB / 1024.0);
        begun = kernel.Clock.GetUtcNow() + Ahead;
    }

    private TimeSpan Now => kernel.Clock.GetUtcNow() - begun;

    /// <exception cref="QubesException">The policy is not known, or another setting is refused.</exception>
    public static Replayed Run(SimulationOptions options, ScriptFiles scripts, Trace trace, string policy)
    {
        // The hour that policies see is that of the host which was recorded.
        using var kernel = new SimulationKernel(options, scripts, new DateTimeOffset(trace.Begun.DateTime, TimeSpan.Zero) - Ahead);
        var replay = new TraceReplay(options, trace, kernel, Path.GetFileName(policy));
        kernel.Start(policy, trace.Templates);
        replay.Run();
        replay.replayed.Fault = kernel.Script?.Fault;
        return replay.replayed;
    }

    private void Run()
    {
        templates = [.. trace.Templates.Select(kernel.Qubes.Find)];
        foreach (var request in trace.Requests)
        {
            PassUntil(request.At);
            kernel.Loop.Post(() => _ = ServeAsync(request));
            kernel.Loop.Run();
        }
        PassUntil(trace.Length);
        for (var limit = Now + Patience; underWay > 0 && Now < limit;)
            PassUntil(Now + TimeSpan.FromSeconds(1));
        for (; underWay > 0; underWay--)
            replayed.Add(trace.Length, Outcome.Failed, default);
    }

    private void PassUntil(TimeSpan time)
    {
        kernel.Loop.Run();
        for (var count = 0; Now < time; count = kernel.Clock.NextDue > kernel.Clock.GetUtcNow() ? 0 : count + 1)
        {
            if (count == MostWakings)
                throw new InvalidOperationException("something wakes up again and again without time passing");
            var next = kernel.Clock.NextDue is { } due && due - begun < time ? due - begun : time;
            replayed.Hold(Now, next, templates.Sum(Held));
            kernel.Clock.Advance(next > Now ? next - Now : TimeSpan.Zero);
            kernel.Loop.Run();
        }
    }

    // The queue is what the plugin itself keeps it in.
    private static int Held(IQube template) =>
        template.Features.GetValueOrDefault("preload-dispvm")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;

    private async Task ServeAsync(TracedRequest request)
    {
        underWay++;
        var asked = Now;
        IQube disposable;
        try
        {
            disposable = await kernel.Disposables.AcquireAsync(new DisposableRequest(kernel.Qubes.Find(request.Template), kernel.RequestedBy), default);
            var isPreload = disposable.PowerState != PowerState.Halted;
            await disposable.StartAsync(default);
            var wait = Now - asked;
            Note(request, !isPreload ? Outcome.Made : wait == TimeSpan.Zero ? Outcome.Ready : Outcome.Awaited, wait);
        }
        catch (QubesException)
        {
            // Too little memory, most likely: what a policy leaves is part of what it costs.
            Note(request, Outcome.Failed, default);
            return;
        }
        await Task.Delay(kernel.Varied(options.Use), kernel.Clock);
        await disposable.DestroyAsync(default);
    }

    private void Note(TracedRequest request, Outcome outcome, TimeSpan wait)
    {
        underWay--;
        replayed.Add(request.At, outcome, wait);
    }
}
