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

    /// <summary>Starts the work; done, with whatever outcome, when the returned task is.</summary>
    public abstract Task RunAsync();

    /// <summary>Lets the caller have the outcome.</summary>
    public abstract void Release();

    /// <summary>Lets the caller have an error instead of success; the work's own error is kept.</summary>
    public abstract void Refuse(QubesException error);
}

/// <inheritdoc/>
internal sealed class LoopCall<T>(Func<Task<T>> work, Delegate named) : LoopCall
{
    // Whoever waits goes on elsewhere than on the loop's thread.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<T>? _work;

    /// <summary>What the caller waits for.</summary>
    public Task<T> Outcome => _outcome.Task;

    /// <inheritdoc/>
    public override string Name => Turn.NameOf(named.Method);

    /// <inheritdoc/>
    public override Task RunAsync() => _work = StartAsync();

    /// <inheritdoc/>
    public override void Release() => _outcome.SetFromTask(_work!);

    /// <inheritdoc/>
    public override void Refuse(QubesException error)
    {
        if (_work is { IsCompleted: true, IsCompletedSuccessfully: false })
            Release();
        else
            _outcome.SetException(error);
    }

    // So that work which throws before its first await ends like any other.
    private async Task<T> StartAsync() => await work();
}
