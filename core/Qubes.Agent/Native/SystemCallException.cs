using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <summary>A system call failed.</summary>
internal sealed class SystemCallException(string call, int error)
    : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)} ({error})")
{
    /// <summary>The errno.</summary>
    public int Error { get; } = error;

    /// <summary>Throws for the errno of the call just made.</summary>
    public static SystemCallException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
