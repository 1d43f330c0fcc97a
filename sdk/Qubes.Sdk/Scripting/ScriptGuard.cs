using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Qubes.Sdk.Scripting;

/// <summary>
/// Called by compiled scripts, whose compiler puts a call at the begin of every method and into every loop: so one that does not
/// come to an end is ended where nothing of the daemon can be half done. Not for use by hand.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ScriptGuard
{
    private const int LooksEvery = 2;

    [ThreadStatic]
    private static ScriptGuard? current;

    private volatile string? reason;
    private long allocatedBefore;
    private long most;
    private int untilLook;

    /// <summary>Why the script is to end; null: it may go on.</summary>
    public string? Reason => reason;

    /// <summary>Begins something on the calling thread.</summary>
    /// <param name="mostBytes">What it may allocate.</param>
    public void Enter(long mostBytes)
    {
        most = mostBytes;
        allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        untilLook = 1;
        current = this;
    }

    /// <summary>Ends it. Only what is between the two is guarded.</summary>
    public static void Leave() => current = null;

    /// <summary>Has the script end at its next call of the guard; from any thread.</summary>
    public void Stop(string why) => reason = why;

    /// <summary>At the begin of a method.</summary>
    /// <exception cref="InsufficientExecutionStackException">Calls are nested too deeply: a recursion without end.</exception>
    public static void Method()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Loop();
    }

    /// <summary>In each round of a loop.</summary>
    /// <exception cref="ScriptStoppedException">The script is over its time, or over its memory.</exception>
    public static void Loop()
    {
        if (current is { } guard && (guard.reason is not null || --guard.untilLook <= 0))
            guard.Look();
    }

    /// <summary>Before an array is made.</summary>
    /// <returns>The length.</returns>
    /// <exception cref="ScriptStoppedException">It is longer than what the script may allocate.</exception>
    public static nint Array(nint length)
    {
        if (current is { } guard && length > guard.most)
            throw guard.Over();
        return length;
    }

    private void Look()
    {
        untilLook = LooksEvery;
        if (GC.GetAllocatedBytesForCurrentThread() - allocatedBefore > most)
            throw Over();
        if (reason is { } why)
            throw new ScriptStoppedException(why);
    }

    private ScriptStoppedException Over()
    {
        reason ??= $"it allocates more than {most >> 20} MiB at once";
        return new(reason);
    }
}
