using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Templates;

/// <summary>What is known of copies of one disposable template. Used on the kernel loop.</summary>
internal sealed class TemplateRecord(IQube owner, TimeProvider time)
{
    private const int FailuresInARowToRefuse = 3;
    private const int MostOddKeys = 64;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly HashSet<string> oddKeys = [];
    private int buildFailures;
    private int copyFailuresInARow;

    /// <summary>The disposable template.</summary>
    public IQube Owner => owner;

    /// <summary>How it stands.</summary>
    public TemplateState State { get; private set; }

    /// <summary>The memory template that passed the proof; null: none.</summary>
    public FrozenMachine? Ready { get; private set; }

    /// <summary>The key that is out of service; null: none.</summary>
    public string? RefusedKey { get; private set; }

    /// <summary>A disposable was requested since the daemon started: a reserve is kept, and it is made anew when it is outdated.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Copies that were made since the daemon started.</summary>
    public long Copies { get; private set; }

    /// <summary>Copies that failed since the daemon started, and were booted instead.</summary>
    public long Failures { get; private set; }

    /// <summary>What went wrong last, one line; null: nothing, or it has been made good.</summary>
    public string? Reason { get; private set; }

    /// <summary>Nothing is made before that.</summary>
    public DateTimeOffset NextTry { get; private set; }

    /// <summary>How long after a failure none is made.</summary>
    public TimeSpan Wait => NextTry > time.GetUtcNow() ? NextTry - time.GetUtcNow() : TimeSpan.Zero;

    /// <summary>Why a disposable with another key is booted, one line.</summary>
    public string WhyNot => State switch
    {
        TemplateState.Building => "a memory template is being made",
        TemplateState.Refused => $"its memory template is out of service: {Reason}",
        TemplateState.Failed => $"no memory template could be made: {Reason}",
        TemplateState.Ready or TemplateState.Outdated => "it differs from what the memory template was made from",
        TemplateState.None => "there is no memory template yet",
        _ => throw new InvalidOperationException($"unknown state {State}"),
    };

    /// <summary>Whether copies with that key can be made.</summary>
    public bool Has(string key) => Ready?.Key == key && State is not TemplateState.Refused;

    /// <summary>A disposable with another key asks. Whether a new memory template could help it.</summary>
    public bool Miss(string key)
    {
        if (State == TemplateState.Building || key == RefusedKey || oddKeys.Contains(key))
            return false;
        if (State == TemplateState.Ready)
            State = TemplateState.Outdated;
        return true;
    }

    /// <summary>One asks that it was made from.</summary>
    public void Hit()
    {
        IsInUse = true;
        Ready!.LastUse = time.GetUtcNow();
        if (State == TemplateState.Outdated)
            State = TemplateState.Ready;
    }

    /// <summary>The making begins. What is ready is used on until its successor is.</summary>
    public void BeginBuild() => State = TemplateState.Building;

    /// <summary>What was ready is still right; those that asked for something else have settings of their own.</summary>
    public void EndUnchanged(string? missed)
    {
        if (missed is not null && oddKeys.Count < MostOddKeys)
            oddKeys.Add(missed);
        Forgive();
        State = Ready is null ? TemplateState.None : TemplateState.Ready;
    }

    /// <summary>One was made and proven.</summary>
    public void Become(FrozenMachine frozen)
    {
        Ready = frozen;
        State = TemplateState.Ready;
        copyFailuresInARow = 0;
        oddKeys.Clear();
        Forgive();
    }

    /// <summary>None could be made.</summary>
    public void FailBuild(string reason)
    {
        Reason = reason;
        State = TemplateState.Failed;
        var wait = FirstWait * Math.Pow(2, Math.Min(buildFailures++, 16));
        NextTry = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
    }

    /// <summary>The making was called off: nobody's failure.</summary>
    public void CancelBuild() => State = Ready is null ? TemplateState.None : TemplateState.Outdated;

    /// <summary>It is gone, to stay within the budget or because somebody wants it.</summary>
    public void Drop(string? reason)
    {
        Ready = null;
        Reason = reason;
        if (State is not TemplateState.Building)
            State = TemplateState.None;
    }

    /// <summary>It takes no more part in anything until another key, or a command, has one made.</summary>
    public void Refuse(string key, string reason)
    {
        Ready = null;
        RefusedKey = key;
        Reason = reason;
        State = TemplateState.Refused;
    }

    /// <summary>What made the making fail may have changed: it is tried again at once. What is out of service stays so.</summary>
    public void Retry()
    {
        buildFailures = 0;
        NextTry = default;
        if (State != TemplateState.Failed)
            return;
        Reason = null;
        State = TemplateState.None;
    }

    /// <summary>As <see cref="Retry"/>, and also what was put out of service may be made again.</summary>
    public void Forgive()
    {
        Retry();
        Reason = null;
        RefusedKey = null;
        if (State == TemplateState.Refused)
            State = TemplateState.None;
    }

    /// <summary>A copy is in use.</summary>
    public void Succeed()
    {
        Copies++;
        copyFailuresInARow = 0;
    }

    /// <summary>A copy could not be made. Whether that is enough to put the template out of service.</summary>
    public bool FailCopy(string reason)
    {
        Failures++;
        Reason = reason;
        return ++copyFailuresInARow >= FailuresInARowToRefuse;
    }
}
