using Qubes.Kernel.Loop;

namespace Qubes.Kernel.Tests.Loop;

/// <summary>Stands for the store: counts, and fails when told to.</summary>
internal sealed class CountingCommitter : ITurnCommitter
{
    private long changes;
    private long durable;

    public long Changes => Volatile.Read(ref changes);

    /// <summary>How many changes were committed.</summary>
    public long Durable => Volatile.Read(ref durable);

    public int Commits { get; private set; }

    public volatile Exception? Failure;

    public Action OnCommit { get; set; } = () => { };

    public void Change() => changes++;

    public void Commit()
    {
        OnCommit();
        if (Failure is { } failure)
            throw failure;
        Commits++;
        Volatile.Write(ref durable, changes);
    }
}
