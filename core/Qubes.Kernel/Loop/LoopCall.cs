using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Loop;

/// <summary>Work that someone waits for, from its first turn to the commit of its last one. Lives on the loop.</summary>
internal abstract class LoopCall
{
    /// <summary>Who this is, for people.</summary>
    public abstract string Name { get; }

    /// <summary>The committer's count of changes before the first turn.</summary>
    public long ChangesBefore { get; set; }

    /// <summary>The committer's count of changes when the work was done.</summary>
    public long ChangesAfter { get; set; }

    /// <summary>Why the caller is not to have the outcome, when the work is done: what it changed could not be saved.</summary>
    public QubesException? Refusal { get; set; }

    /// <summary>Starts the work; done, with whatever outcome, when the returned task is.</summary>
    public abstract Task RunAsync();

    /// <summary>Lets the caller have the outcome, or <see cref="Refusal"/>.</summary>
    public abstract void Tell();

    /// <summary>Lets the caller have an error instead of success; the work's own error is kept.</summary>
    public abstract void Refuse(QubesException error);
}

/// <inheritdoc/>
/// <param name="work">What is to be done.</param>
/// <param name="named">What gives it its name.</param>
/// <param name="goesOn">Where the caller does: elsewhere than on the loop's thread, or right there, when it is told.</param>
internal sealed class LoopCall<T>(Func<Task<T>> work, Delegate named, TaskCreationOptions goesOn) : LoopCall
{
    private readonly TaskCompletionSource<T> _outcome = new(goesOn);
    private Task<T>? _work;

    /// <summary>What the caller waits for.</summary>
    public Task<T> Outcome => _outcome.Task;

    /// <inheritdoc/>
    public override string Name => Turn.NameOf(named.Method);

    /// <inheritdoc/>
    public override Task RunAsync() => _work = StartAsync();

    /// <inheritdoc/>
    public override void Tell()
    {
        if (Refusal is { } refusal)
            Refuse(refusal);
        else
            _outcome.SetFromTask(_work!);
    }

    /// <inheritdoc/>
    public override void Refuse(QubesException error)
    {
        if (_work is { IsCompleted: true, IsCompletedSuccessfully: false })
            _outcome.SetFromTask(_work);
        else
            _outcome.SetException(error);
    }

    // So that work which throws before its first await ends like any other.
    private async Task<T> StartAsync() => await work();
}
