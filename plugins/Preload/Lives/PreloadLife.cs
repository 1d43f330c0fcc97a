using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Queue;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Lives;

/// <summary>
/// One preloaded disposable and the only place where its stage changes (spec: preloaded disposables, section 4.1). What a
/// restarted daemon must know is written to features at each step, in the spec's order; the stage itself is not kept. No
/// method hands it out: that is <see cref="RequestedPreload"/>'s, which only <see cref="Request"/> makes.
/// </summary>
#pragma warning disable CA1001 // Neither source has a timer or is linked to another one, so there is nothing to dispose of.
internal sealed class PreloadLife
#pragma warning restore CA1001
{
    private readonly IEventBus events;
    private readonly CancellationTokenSource requested = new();
    private readonly CancellationTokenSource discarded = new();
    private readonly TaskCompletionSource<bool> completed = new();

    private PreloadLife(IQube qube, PreloadStage stage, IEventBus events)
    {
        Qube = qube;
        Template = qube.Template!;
        Stage = stage;
        this.events = events;
    }

    public IQube Qube { get; }

    public IQube Template { get; }

    public PreloadStage Stage { get; private set; }

    /// <summary>Cancelled when a caller wants it, so that nothing is done any more that only a preload needs.</summary>
    public CancellationToken WhenRequested => requested.Token;

    /// <summary>Cancelled when nobody will have it, so that its start ends.</summary>
    public CancellationToken WhenDiscarded => discarded.Token;

    /// <summary>True when its boot has finished; false when it never will.</summary>
    public Task<bool> Completed => completed.Task;

    /// <summary>It ended without anybody here having discarded it.</summary>
    public bool IsLost { get; private set; }

    /// <summary>An administrator wants another one in its place; until that is ready it may be handed out.</summary>
    public bool IsUnwanted { get; set; }

    /// <summary>Since when it waits for its caller, as far as this daemon knows; null: it does not yet.</summary>
    public DateTimeOffset? ReadySince { get; set; }

    /// <summary>What the host spent on it when that was last measured; null: nobody knows.</summary>
    public HostMemory? HostMemory { get; set; }

    /// <summary>Somebody let it run who had not requested it.</summary>
    public bool IsUnasked { get; private set; }

    /// <summary>What is between its two halves of T7 or T8; fails when its caller cannot have it.</summary>
    public Task Use { get; set; } = Task.CompletedTask;

    /// <summary>Its start; ends in any case.</summary>
    public Task Run { get; set; } = Task.CompletedTask;

    public bool IsCompleted => Qube.Features.GetValueOrDefault(PreloadFeatures.Completed) is { Length: > 0 };

    /// <summary>T1: marks a qube that was just registered, all in this turn.</summary>
    public static PreloadLife Create(IQube qube, IEventBus events)
    {
        var preload = new PreloadLife(qube, PreloadStage.Created, events);
        qube.Features.Set(PreloadFeatures.InProgress, PreloadFeatures.True);
        PreloadQueue.Append(preload.Template, qube);
        events.Fire(new PreloadCreated(qube));
        return preload;
    }

    /// <summary>One that an earlier daemon made: ready, or to be discarded.</summary>
    public static PreloadLife Recover(IQube qube, IEventBus events)
    {
        var preload = new PreloadLife(qube, PreloadStage.Paused, events);
        preload.completed.SetResult(true);
        return preload;
    }

    /// <summary>T2: its volumes exist.</summary>
    public void BeginStart() => AdvanceUnlessRequested(PreloadStage.Starting);

    /// <summary>T3: its guest is ready.</summary>
    public void BecomeOperational() => AdvanceUnlessRequested(PreloadStage.Operational);

    /// <summary>T4, and the end of T5: nothing more is to be waited for.</summary>
    public void Complete()
    {
        Qube.Features.Set(PreloadFeatures.Completed, PreloadFeatures.True);
        if (Stage != PreloadStage.Requested)
        {
            Qube.Features.Set(PreloadFeatures.InProgress, PreloadFeatures.False);
            Advance(PreloadStage.Paused);
        }
        completed.TrySetResult(true);
    }

    /// <summary>T5 and T6: gives it to one caller, in this turn.</summary>
    public RequestedPreload Request()
    {
        Qube.Features.Set(PreloadFeatures.InProgress, PreloadFeatures.True);
        // First, so that it does not look like nobody's between the two.
        Advance(PreloadStage.Requested);
        PreloadQueue.Remove(Template, [Qube.Name]);
        events.Fire(new PropertyReset(Qube, "is_preload"));
        requested.Cancel();
        return new RequestedPreload(this);
    }

    /// <summary>The first half of T7 and T8: it runs, and everybody may see it.</summary>
    public void BeginUse()
    {
        events.Fire(new PreloadUsing(Qube));
        IsUnasked = Stage != PreloadStage.Requested;
        Advance(PreloadStage.Connecting);
        if (IsUnasked)
            PreloadQueue.Remove(Template, [Qube.Name]);
        else
            events.Fire(new PropertyReset(Qube, "is_preload"));
    }

    /// <summary>The second half: it is an ordinary disposable from now on.</summary>
    public void BecomeUsed()
    {
        Advance(PreloadStage.Used);
        if (IsUnasked)
            Qube.Features.Set(PreloadFeatures.InProgress, PreloadFeatures.False);
        else
            RemoveFeature(PreloadFeatures.InProgress);
    }

    /// <summary>
    /// T9: nobody will have it. The caller has taken it from the queue. The feature is set so that a daemon that is
    /// restarted before the qube is gone knows what is left to do.
    /// </summary>
    public void Discard()
    {
        Advance(PreloadStage.Discarded);
        if (Qube.Features.GetValueOrDefault(PreloadFeatures.InProgress) is { Length: 0 })
            Qube.Features.Set(PreloadFeatures.InProgress, PreloadFeatures.True);
        End();
    }

    /// <summary>T10 and T11: its qube or machine is gone, whatever it was.</summary>
    public void End()
    {
        if (Stage is not (PreloadStage.Used or PreloadStage.Discarded))
        {
            Advance(PreloadStage.Discarded);
            IsLost = true;
        }
        completed.TrySetResult(false);
        discarded.Cancel();
    }

    private void AdvanceUnlessRequested(PreloadStage to)
    {
        if (Stage != PreloadStage.Requested)
            Advance(to);
    }

    private void Advance(PreloadStage to)
    {
        if (!Stage.MayBecome(to))
            throw new InvalidOperationException($"Preload '{Qube.Name}' cannot become {to}: it is {Stage}");
        Stage = to;
    }

    private void RemoveFeature(string name)
    {
        if (Qube.Features.ContainsKey(name))
            Qube.Features.Remove(name);
    }
}
