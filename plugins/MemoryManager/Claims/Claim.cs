namespace Qubes.Plugins.MemoryManager.Claims;

/// <summary>Host memory that somebody wants kept: waiting until it is free, then open until it is given up.</summary>
internal sealed class Claim(string owner, long bytes, Action<Claim> giveUp) : IAsyncDisposable
{
    private readonly TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whom it is for, in words.</summary>
    public string Owner => owner;

    public long Bytes => bytes;

    /// <summary>Whether it was granted.</summary>
    public Task<bool> Answer => answer.Task;

    /// <summary>How much had come back, and when, at the beginning of the time in which progress is looked for.</summary>
    public (long Released, DateTimeOffset Start) Window { get; set; }

    public void Grant() => answer.TrySetResult(true);

    public void Refuse() => answer.TrySetResult(false);

    public ValueTask DisposeAsync()
    {
        giveUp(this);
        return ValueTask.CompletedTask;
    }
}
