using Qubes.Kernel.Events;

namespace Qubes.Kernel.Plugins.Faults;

/// <summary>Counts the faults of one plugin's handlers. Used on the kernel loop.</summary>
internal sealed class FaultLedger(TimeProvider time)
{
    /// <summary>
    /// So many faults within <see cref="Window"/> are too many. A handler that stumbles over something rare fails once in a while; one
    /// that fails on whatever comes reaches this in the first seconds of a busy host, and on an idle one harms nobody.
    /// </summary>
    public const int TooMany = 20;

    /// <summary>See <see cref="TooMany"/>.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> recent = new();

    /// <summary>All of them.</summary>
    public int Total { get; private set; }

    /// <summary>Notes one.</summary>
    /// <returns>Why that is too many, in one line; null: it is not.</returns>
    public string? Count(HandlerFault fault)
    {
        Total++;
        var now = time.GetTimestamp();
        recent.Enqueue(now);
        while (time.GetElapsedTime(recent.Peek(), now) > Window)
            recent.Dequeue();
        return recent.Count < TooMany
            ? null
            : $"its event handlers failed {recent.Count} times within {Window.TotalSeconds:0} s; the last: {fault}";
    }

    /// <summary>A new generation begins with a clean sheet.</summary>
    public void Forgive() => recent.Clear();
}
